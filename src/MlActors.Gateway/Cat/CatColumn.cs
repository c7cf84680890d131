using System.Collections.Immutable;
using System.Globalization;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Jobs.Expressions;

namespace MlActors.Gateway.Cat;

internal enum CatType { Text, Number, Bytes, Time }

/// <summary>One column: its names, what it shows, and how.</summary>
/// <param name="Value">Text, a number, bytes or milliseconds, by the type; <c>null</c> shows nothing.</param>
internal sealed record CatColumn<TRow>(string Name, ImmutableArray<string> Aliases, CatType Type, string Doc, Func<TRow, IComparable?> Value)
{
    public bool IsNamed(string name) => name == Name || Aliases.Contains(name, StringComparer.Ordinal);
}

/// <summary>Declares columns of a table, and picks some by name.</summary>
internal static class CatColumn
{
    public static CatColumn<TRow> Text<TRow>(string name, string alias, string doc, Func<TRow, string?> value) =>
        new(name, Aliases(alias), CatType.Text, doc, value);

    public static CatColumn<TRow> Number<TRow>(string name, string alias, string doc, Func<TRow, long> value) =>
        new(name, Aliases(alias), CatType.Number, doc, row => value(row));

    public static CatColumn<TRow> Bytes<TRow>(string name, string alias, string doc, Func<TRow, long> value) =>
        new(name, Aliases(alias), CatType.Bytes, doc, row => value(row));

    public static CatColumn<TRow> Time<TRow>(string name, string alias, string doc, Func<TRow, double?> value) =>
        new(name, Aliases(alias), CatType.Time, doc, row => value(row));

    public static CatColumn<TRow> Date<TRow>(string name, string alias, string doc, Func<TRow, long?> milliseconds) => new(name, Aliases(alias), CatType.Text, doc,
        row => milliseconds(row) is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms).UtcDateTime
            .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) : null);

    public static ImmutableArray<string> Aliases(string alias) => alias.Length == 0 ? [] : [alias];

    /// <summary>The columns of names, aliases and wildcards, each once, in the order asked for.</summary>
    /// <exception cref="ApiException">400: no column has that name.</exception>
    public static IReadOnlyList<CatColumn<TRow>> Select<TRow>(ImmutableArray<CatColumn<TRow>> all, ImmutableArray<CatColumn<TRow>> byDefault, IReadOnlyList<string> names)
    {
        var selected = new List<CatColumn<TRow>>();
        foreach (var name in names)
        {
            var matching = all.Where(column => column.IsNamed(name) || (JobExpression.IsWildcard(name) && JobExpression.Matches(name, column.Name))).ToList();
            if (matching.Count == 0) throw ArgumentReader.Unknown("column", name, "in [h]", all.Select(column => column.Name));
            selected.AddRange(matching.Where(column => !selected.Contains(column)));
        }
        return selected.Count == 0 ? byDefault : selected;
    }
}
