using System.Collections.Immutable;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Values;
using MlActors.Jobs.Placing;

namespace MlActors.Gateway;

/// <summary>The settings of the REST API. Immutable; every value has a default that suits one server on one machine.</summary>
public sealed record GatewayOptions
{
    /// <summary>Whether responses carry <c>X-Elastic-Product: Elasticsearch</c>, without which the official clients refuse to talk.</summary>
    public bool ProductHeader { get; init; } = true;

    /// <summary>The <c>cluster_name</c> that the API reports.</summary>
    public string ClusterName { get; init; } = "mlactors";

    /// <summary>The <c>cluster_uuid</c> that the API reports; empty: the node's id.</summary>
    public string ClusterUuid { get; init; } = "";

    /// <summary>Whether requests must carry credentials of the security store.</summary>
    public bool AuthenticationEnabled { get; init; }

    /// <summary>
    /// Whether a request without credentials from this machine is the superuser <c>_anonymous</c>; unset: only while authentication is off.
    /// Requests through a proxy, from a foreign web page or under a foreign host name are never anonymous.
    /// </summary>
    public bool? AnonymousLocalUser { get; init; }

    /// <summary>Largest request body in bytes, after decompression, of all endpoints but <c>_data</c>, which has no limit.</summary>
    public long MaxBodyBytes { get; init; } = 100L << 20;

    /// <summary>How long a short command (put, update, a change of a snapshot) may take before it is answered with 408.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a long command (delete, reset, revert, flush) is waited for.</summary>
    public TimeSpan LongCommandTimeout { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long one piece of an upload may wait for room in its job.</summary>
    public TimeSpan DataTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the statistics of one running job are waited for before the stored ones are used.</summary>
    public TimeSpan LiveStatsTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one request for statistics waits for running jobs altogether; after that the stored ones are used.</summary>
    public TimeSpan LiveStatsBudget { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How many running jobs one request for statistics asks at the same time.</summary>
    public int LiveStatsWindow { get; init; } = 100;

    /// <summary>How many job ids an error text lists before it only counts them.</summary>
    public int NamesShown { get; init; } = 100;

    /// <summary>How much this node takes, as reported: who opens jobs holds to it.</summary>
    public RoomLimits Room { get; init; } = RoomLimits.Default;

    /// <summary>The largest <c>model_memory_limit</c> in bytes that a job may have; unset: no limit.</summary>
    public long? MaxModelMemoryLimitBytes { get; init; }

    /// <summary>The <c>model_memory_limit</c> in bytes of a job that names none.</summary>
    public long DefaultModelMemoryLimitBytes { get; init; } = 1024L << 20;

    /// <summary>What new and changed jobs may ask for.</summary>
    public JobLimits JobLimits => new(MaxModelMemoryLimitBytes is { } bytes ? new ByteSize(bytes) : null, new ByteSize(DefaultModelMemoryLimitBytes));

    /// <summary>Whether anonymous local requests are served, with the default resolved.</summary>
    public bool AllowsAnonymous => AnonymousLocalUser ?? !AuthenticationEnabled;

    /// <summary>What is wrong with the settings, each with its fix; empty when they are good.</summary>
    public ImmutableArray<string> Problems()
    {
        var problems = ImmutableArray.CreateBuilder<string>();
        if (ClusterName.Length == 0) problems.Add("the cluster name is empty; give it a name");
        if (!AuthenticationEnabled && !AllowsAnonymous)
            problems.Add("nobody can come in: authentication is off and there is no anonymous local user; switch one of the two on");
        foreach (var (name, value) in new[]
        {
            (nameof(CommandTimeout), CommandTimeout), (nameof(LongCommandTimeout), LongCommandTimeout), (nameof(DataTimeout), DataTimeout),
            (nameof(LiveStatsTimeout), LiveStatsTimeout), (nameof(LiveStatsBudget), LiveStatsBudget),
        })
        {
            if (value <= TimeSpan.Zero || value > LongestWait)
                problems.Add($"{name} is {value}; it must be more than zero and at most {LongestWait.Days} days");
        }
        if (MaxBodyBytes < 1024) problems.Add($"{nameof(MaxBodyBytes)} is {MaxBodyBytes}; it must be at least 1024");
        if (LiveStatsWindow < 1) problems.Add($"{nameof(LiveStatsWindow)} is {LiveStatsWindow}; it must be at least 1");
        if (NamesShown < 1) problems.Add($"{nameof(NamesShown)} is {NamesShown}; it must be at least 1");
        return problems.ToImmutable();
    }

    /// <summary>The longest time that a timer takes (its milliseconds are 32 bits).</summary>
    internal static TimeSpan LongestWait { get; } = TimeSpan.FromDays(24);
}
