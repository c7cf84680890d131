using System.Collections.Immutable;
using System.Globalization;
using Akka.Actor;

namespace MlActors.Node.Clustering;

/// <summary>How this server is one of several.</summary>
/// <param name="Host">Under which the other nodes reach it.</param>
/// <param name="Seeds">Where it finds the others.</param>
/// <param name="Tls">How nodes know each other, if not by the network they are in.</param>
public sealed record ClusterOptions(string Host, int Port, ImmutableArray<string> Roles, SeedSource Seeds, FailureTimes Times, NodeTls? Tls = null)
{
    /// <summary>Answers requests.</summary>
    public const string Gateway = "gateway";

    /// <summary>Runs jobs.</summary>
    public const string Jobs = "jobs";

    /// <summary>The name of the actor system: part of every address.</summary>
    public const string System = "mlactors";

    /// <summary>How long a node that is asked to stop has for handing its jobs over.</summary>
    public static TimeSpan LongestLeave { get; } = TimeSpan.FromSeconds(60);

    public string Address => AddressOf(Host, Port, Tls is not null);

    /// <param name="tls">A part of the address: nodes with and without it never take each other for members.</param>
    public static string AddressOf(string host, int port, bool tls = false) => new Address(tls ? "akka.ssl.tcp" : "akka.tcp", System, host, port).ToString();

    /// <summary>The settings of the actor system that follow.</summary>
    public string Hocon => string.Create(CultureInfo.InvariantCulture,
        $$"""
        mlactors-lease { lease-class = "MlActors.Node.Clustering.StoreLease, mlactors" }
        akka {
          remote {
            enabled-transports = ["akka.remote.dot-netty.tcp"]
            dot-netty.tcp { hostname = "0.0.0.0", public-hostname = "{{Host}}", port = {{Port}}, public-port = {{Port}} }
            {{(IsLoopback ? $"dot-netty.tcp.hostname = \"{Host}\"" : "")}}
            dot-netty.tcp.enable-ssl = {{(Tls is null ? "off" : "on")}}
          }
          cluster {
            roles = [{{string.Join(", ", Roles)}}]
            downing-provider-class = "Akka.Cluster.SBR.SplitBrainResolverProvider, Akka.Cluster"
            split-brain-resolver {
              active-strategy = lease-majority
              stable-after = {{Ms(Times.StableAfter)}}
              lease-majority { lease-implementation = mlactors-lease, lease-name = split-brain, acquire-lease-delay-for-minority = 3s, release-after = 20s }
            }
            down-removal-margin = {{Ms(Times.RemovalMargin)}}
            failure-detector { heartbeat-interval = {{Ms(Times.Heartbeat)}}, acceptable-heartbeat-pause = {{Ms(Times.AcceptablePause)}} }
            gossip-interval = 500ms
            leader-actions-interval = 500ms
            unreachable-nodes-reaper-interval = 500ms
          }
          # Its jobs save their models before others have them.
          coordinated-shutdown.phases.cluster-sharding-shutdown-region.timeout = {{Ms(LongestLeave)}}
        }
        """);

    /// <summary>The settings of an actor system that is alone: it opens no port.</summary>
    public static string AloneHocon => $$"""
        akka.remote {
          enabled-transports = ["akka.remote.alone"]
          alone {
            transport-class = "Akka.Remote.Transport.TestTransport, Akka.Remote"
            applied-adapters = []
            registry-key = "{{Guid.NewGuid()}}"
            scheme-identifier = test
            maximum-payload-bytes = 32000b
            local-address = "test://{{System}}@alone:1"
          }
        }
        """;

    internal bool IsLoopback => Host is "127.0.0.1" or "localhost" or "::1";

    private static string Ms(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0}ms");
}

/// <summary>How soon a node that does not answer is taken for dead.</summary>
/// <param name="Heartbeat">Between two signs of life.</param>
/// <param name="AcceptablePause">Without one before a node counts as unreachable.</param>
/// <param name="StableAfter">Without a change of who is unreachable before the smaller side gives up.</param>
/// <param name="RemovalMargin">From giving a node up to giving its jobs to others.</param>
public sealed record FailureTimes(TimeSpan Heartbeat, TimeSpan AcceptablePause, TimeSpan StableAfter, TimeSpan RemovalMargin);

/// <summary>Where a node finds the others.</summary>
public abstract record SeedSource
{
    /// <summary>In the database that they share.</summary>
    public sealed record Database : SeedSource;

    /// <summary>At these addresses; the first of them begins alone if it finds none of the others.</summary>
    public sealed record Listed(ImmutableArray<string> Addresses) : SeedSource;
}
