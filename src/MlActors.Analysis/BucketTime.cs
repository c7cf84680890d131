namespace MlActors.Analysis;

/// <summary>Borders of buckets. Times and spans are of one unit; a span is at least 1.</summary>
public static class BucketTime
{
    /// <summary>The border at or before a time, also before 1970.</summary>
    public static long Floor(long time, long span)
    {
        var rest = time % span;
        return rest < 0 ? time - rest - span : time - rest;
    }

    /// <summary>The border at or after a time.</summary>
    public static long Ceiling(long time, long span)
    {
        var floor = Floor(time, span);
        return floor == time ? time : floor + span;
    }
}
