using System.Globalization;
using MlActors.Analysis;
using MlActors.Analysis.Results;

namespace MlActors.Jobs.Results;

/// <summary>Something worth knowing about a stretch of a job's time, in one line.</summary>
/// <param name="Id">Unique in the job; one that is written again replaces the one before.</param>
/// <param name="Event">What kind of thing it is, such as <see cref="ModelChanged"/>.</param>
/// <param name="Timestamp">Its beginning, epoch seconds.</param>
/// <param name="EndTimestamp">Its end, epoch seconds; results from here on know of it, and what removes them removes it too.</param>
public sealed record Annotation(string Id, string Event, long Timestamp, long EndTimestamp, string Text)
{
    /// <summary>The level of a series has changed.</summary>
    public const string ModelChanged = "model_change";

    /// <summary>The detector it is about; <c>null</c> when it is about the whole job.</summary>
    public DetectorSettings? Detector { get; init; }

    /// <summary>Value of the detector's partition field; so with the others.</summary>
    public string Partition { get; init; } = "";

    public string By { get; init; } = "";

    public string Over { get; init; } = "";

    /// <summary>The changes of a bucket.</summary>
    public static IEnumerable<Annotation> Of(BucketResult bucket, IReadOnlyList<DetectorSettings> detectors)
    {
        for (var i = 0; i < bucket.Changes.Count; i++)
        {
            var change = bucket.Changes[i];
            var detector = detectors[change.DetectorIndex];
            // By lengths, so that no two series share one.
            var id = Format($"{ModelChanged}:{bucket.Timestamp}:{detector.Index}:{change.Function}:{change.Partition.Length}:{change.Partition}{change.By.Length}:{change.By}{change.Over}");
            yield return new Annotation(id, ModelChanged, change.Since, bucket.Timestamp, TextOf(change, detector) + (i == 0 ? Others(bucket.MoreChanges) : ""))
            {
                Detector = detector,
                Partition = change.Partition,
                By = change.By,
                Over = change.Over,
            };
        }
    }

    private static string TextOf(ModelChange change, DetectorSettings detector)
    {
        var what = detector.FieldName is null ? change.Function : $"{change.Function}({detector.FieldName})";
        string[] parts = [.. Parts()];
        var whose = parts.Length == 0 ? "" : " by " + string.Join(", ", parts);
        return Format($"level of {what}{whose} {(change.After >= change.Before ? "rose" : "fell")} from {change.Before:G3} to {change.After:G3}");

        IEnumerable<string> Parts()
        {
            if (detector.PartitionFieldName is { } partition) yield return $"{partition}={change.Partition}";
            if (detector.ByFieldName is { } by) yield return $"{by}={change.By}";
            if (detector.OverFieldName is { } over) yield return $"{over}={change.Over}";
        }
    }

    private static string Others(int count) => count switch
    {
        0 => "",
        1 => "; that of one other series, which is not listed, changed too",
        _ => Format($"; those of {count} other series, which are not listed, changed too"),
    };

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
