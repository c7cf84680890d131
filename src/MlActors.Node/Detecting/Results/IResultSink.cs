using MlActors.Analysis.Results;

namespace MlActors.Node.Detecting;

/// <summary>Something that is made of the results; gets all buckets in order of time.</summary>
internal interface IResultSink
{
    /// <summary>Whether it needs the points of all series; they cost about as much as the analysis.</summary>
    bool WantsPoints { get; }

    /// <param name="points">Valid during the call; empty unless some sink wants points.</param>
    void Add(BucketResult bucket, List<SeriesPoint> points);

    /// <summary>There are no more.</summary>
    void Complete();
}
