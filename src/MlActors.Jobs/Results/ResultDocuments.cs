using System.Collections.Frozen;
using MlActors.Analysis.Results;

namespace MlActors.Jobs.Results;

/// <summary>Renders results as the JSON documents of the API, which is also how they are stored.</summary>
public static class ResultDocuments
{
    /// <summary>The fields by which results of a kind may be sorted.</summary>
    public static FrozenSet<string> SortFields(ResultKind kind) => throw new NotImplementedException();

    /// <summary>The document of a bucket, without <c>processing_time_ms</c>, which is stored beside it.</summary>
    public static byte[] Bucket(string jobId, BucketResult bucket) => throw new NotImplementedException();

    public static byte[] Record(string jobId, BucketResult bucket, RecordResult record) => throw new NotImplementedException();

    public static byte[] Influencer(string jobId, BucketResult bucket, InfluencerResult influencer) => throw new NotImplementedException();
}
