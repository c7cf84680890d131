using System.Collections.Immutable;
using System.Text.Json;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Jobs.Datafeeds;

/// <summary>
/// A datafeed as its user wrote it, completed with defaults, in the terms of the API. Immutable; kept in the journal of its job and in the catalog, and
/// returned by the API. Only the sources look into <see cref="Query"/>, <see cref="Aggregations"/> and <see cref="Source"/>.
/// </summary>
public sealed record DatafeedConfig
{
    public required string DatafeedId { get; init; }
    public required string JobId { get; init; }

    /// <summary>What is read of the server's own documents or of an Elasticsearch; empty for sources that have no indices.</summary>
    public ImmutableArray<string> Indices { get; init; } = [];

    /// <summary>A query of the API's query language; <c>null</c> for everything.</summary>
    public JsonElement? Query { get; init; }
    public JsonElement? Aggregations { get; init; }

    /// <summary>Where else the data comes from (our own addition): <c>connection</c> and what that kind of source needs. <c>null</c> for the server's own documents.</summary>
    public JsonElement? Source { get; init; }

    /// <summary>How long after its time data may still come. A duration.</summary>
    public string QueryDelay { get; init; } = "60s";

    /// <summary>How often new data is looked for; <c>null</c> for what suits the bucket span. A duration.</summary>
    public string? Frequency { get; init; }

    /// <summary>Records that are read at once; left at its default, as many as suit the source.</summary>
    public int ScrollSize { get; init; } = DefaultScrollSize;

    public ChunkingConfig Chunking { get; init; } = new();

    /// <summary>Looks in real time that find nothing before a datafeed that never found anything stops; <c>null</c> for ever.</summary>
    public long? MaxEmptySearches { get; init; }

    public DelayedDataCheckConfig DelayedDataCheck { get; init; } = new();

    /// <summary>Fields that the source computes; <c>null</c> for none.</summary>
    public JsonElement? RuntimeMappings { get; init; }
    public JsonElement? ScriptFields { get; init; }

    /// <summary>As it was sent; only says which indices to expect.</summary>
    public JsonElement? IndicesOptions { get; init; }

    public const int DefaultScrollSize = 1000;

    internal long QueryDelayMs => (long)TimeValue.Parse(QueryDelay, "query_delay").Duration.TotalMilliseconds;
}

public enum ChunkingMode
{
    /// <summary>As it suits the source.</summary>
    Auto,

    /// <summary>Stretches of <see cref="ChunkingConfig.TimeSpan"/>, one after another.</summary>
    Manual,

    /// <summary>The whole range at once.</summary>
    Off,
}

/// <param name="TimeSpan">A duration; with <see cref="ChunkingMode.Manual"/> only.</param>
public sealed record ChunkingConfig(ChunkingMode Mode = ChunkingMode.Auto, string? TimeSpan = null);

/// <param name="Enabled">Whether data that comes late is looked for.</param>
/// <param name="CheckWindow">How far back, a duration; <c>null</c> for two hours or eight bucket spans, whichever is longer.</param>
/// <param name="Heal">Whether the model goes back to take in what was found.</param>
public sealed record DelayedDataCheckConfig(bool Enabled = true, string? CheckWindow = null, bool Heal = false);
