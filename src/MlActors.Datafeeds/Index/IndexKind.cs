using MlActors.Documents;
using MlActors.Documents.Queries;
using MlActors.Documents.Store;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Index;

/// <summary>The server's own documents: what a datafeed reads that names no connection.</summary>
internal sealed class IndexKind(IDocumentStore documents, TimeProvider time)
{
    /// <summary>Adds what is wrong with the datafeed. Indices may be created later, so that they exist is not asked here.</summary>
    public void Check(DatafeedConfig datafeed, JobConfig job, ProblemList problems)
    {
        if (datafeed.Indices.IsEmpty)
            problems.Add("indices", "is required: name indices of this server, or with [source] what else to read", ProblemKind.IllegalArgument);
        if (datafeed.Aggregations is not null) IndexAggregation.Read(datafeed, job, time.GetUtcNow(), problems);
        foreach (var (field, value) in new[] { ("runtime_mappings", datafeed.RuntimeMappings), ("script_fields", datafeed.ScriptFields) })
        {
            if (value is not { } fields) continue;
            var names = string.Join(", ", fields.EnumerateObject().Select(made => $"[{ProblemList.Shown(made.Name)}]"));
            problems.Add(field, $"is not supported for the documents of this server: leave it out, and have the sender give the documents {names}", ProblemKind.IllegalArgument);
        }
        try
        {
            ReadQuery(datafeed);
        }
        catch (QueryException wrong)
        {
            problems.Add("query", wrong.Message, ProblemKind.IllegalArgument);
        }
    }

    public IDatafeedSource Open(DatafeedConfig datafeed, JobConfig job)
    {
        var aggregation = datafeed.Aggregations is null ? null : Settings.OrThrow(problems => IndexAggregation.Read(datafeed, job, time.GetUtcNow(), problems));
        return new IndexSource(documents, datafeed, ReadQuery(datafeed), aggregation, job);
    }

    private Query ReadQuery(DatafeedConfig datafeed) => datafeed.Query is { } query ? QueryReader.Read(query, time.GetUtcNow()) : Query.All;
}
