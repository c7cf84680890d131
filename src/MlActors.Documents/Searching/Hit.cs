using MlActors.Documents.Store;

namespace MlActors.Documents.Searching;

/// <summary>A document that was found.</summary>
/// <param name="Keys">Its values of the sort.</param>
public sealed record Hit(IndexInfo Index, string Id, DocumentPosition Position, byte[] Source, SortValue[] Keys);

/// <param name="Total">How many match, as far as that was counted.</param>
/// <param name="TotalIsExact">Whether there are no more.</param>
public sealed record SearchResult(IReadOnlyList<Hit> Hits, long Total, bool TotalIsExact, IReadOnlyList<Aggregating.AggregationResult> Aggregations);
