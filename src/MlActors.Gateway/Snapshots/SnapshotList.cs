using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Jobs.Expressions;
using MlActors.Jobs.Storage;

namespace MlActors.Gateway.Snapshots;

/// <summary>Picks and sorts the snapshots of a job. There are few of a job, so this is done in memory.</summary>
internal static class SnapshotList
{
    // What sorts by each field; missing times sort as oldest.
    private static readonly Dictionary<string, Func<ModelSnapshot, IComparable>> Fields = new(StringComparer.Ordinal)
    {
        ["timestamp"] = snapshot => snapshot.TimestampMs,
        ["snapshot_id"] = snapshot => new OrdinalText(snapshot.SnapshotId),
        ["description"] = snapshot => new OrdinalText(snapshot.Description),
        ["min_version"] = snapshot => new OrdinalText(snapshot.MinVersion),
        ["retain"] = snapshot => snapshot.Retain,
        ["latest_record_time_stamp"] = snapshot => snapshot.LatestRecordTime ?? long.MinValue,
        ["latest_result_time_stamp"] = snapshot => snapshot.LatestResultTime ?? long.MinValue,
    };

    /// <summary>The fields by which snapshots may be sorted.</summary>
    public static IReadOnlyList<string> SortFields { get; } = [.. Fields.Keys.Order(StringComparer.Ordinal)];

    /// <param name="expression">Ids and wildcards, separated by commas; <c>null</c> for all.</param>
    /// <exception cref="ApiException">404: an id of the expression does not exist; 400: a blank in the expression, or an unknown sort field.</exception>
    public static List<ModelSnapshot> Select(IReadOnlyList<ModelSnapshot> snapshots, string? expression, long? start, long? end, string sort, bool descending)
    {
        if (!Fields.TryGetValue(sort, out var key)) throw ArgumentReader.Unknown("field", sort, "in [sort]", SortFields);
        var picked = snapshots.Where(Picks(snapshots, expression))
            .Where(snapshot => (start is null || snapshot.TimestampMs >= start) && (end is null || snapshot.TimestampMs < end));
        return [.. (descending ? picked.OrderByDescending(key) : picked.OrderBy(key)).ThenBy(snapshot => snapshot.TimestampMs)];
    }

    private static Func<ModelSnapshot, bool> Picks(IReadOnlyList<ModelSnapshot> snapshots, string? expression)
    {
        if (expression is null or "_all" or "*") return _ => true;
        var tokens = expression.Split(',', StringSplitOptions.TrimEntries);
        if (tokens.Contains("", StringComparer.Ordinal))
            throw ApiException.IllegalArgument($"[{expression}] has an empty element: write snapshot ids separated by commas");
        var missing = tokens.Where(token => !JobExpression.IsWildcard(token) && token != "_all" && snapshots.All(snapshot => snapshot.SnapshotId != token))
            .ToList();
        if (missing.Count > 0) throw ApiException.NotFound($"no model snapshot has the id [{string.Join(',', missing)}]");
        return snapshot => Array.Exists(tokens, token => token == "_all" || JobExpression.Matches(token, snapshot.SnapshotId));
    }

    private sealed record OrdinalText(string Text) : IComparable
    {
        public int CompareTo(object? obj) => string.CompareOrdinal(Text, (obj as OrdinalText)?.Text);
    }
}
