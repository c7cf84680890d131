using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using Akka.Actor;
using Akka.Event;
using Akka.Remote.Transport.DotNetty;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace MlActors.Node.Clustering;

/// <summary>
/// Keeps what a node shows and whom it takes as the files say: when they change, new connections between nodes go by the new ones, and those that there are stay.
/// Files that cannot be used change nothing.
/// </summary>
internal sealed partial class NodeCertificates : BackgroundService
{
    internal const string MeterName = "MlActors.Node";
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    private readonly NodeTls _tls;
    private readonly IServiceProvider _services;
    private readonly TimeProvider _time;
    private readonly ILogger<NodeCertificates> _logger;
    private readonly Meter _meter = new(MeterName);
    private volatile NodeCredentials _current;
    private string _seen;

    /// <param name="services">Where the actor system will be.</param>
    public NodeCertificates(NodeTls tls, IServiceProvider services, TimeProvider time, ILogger<NodeCertificates> logger)
    {
        (_tls, _services, _time, _logger) = (tls, services, time, logger);
        _seen = Print();
        _current = tls.Load();
        _meter.CreateObservableGauge("mlactors.node.certificate.expiry", () => (_current.Own.NotAfter.ToUniversalTime() - _time.GetUtcNow().UtcDateTime).TotalSeconds, "s",
            "Time until the certificate expires that this node shows the others.");
    }

    /// <summary>What the transport takes.</summary>
    // Names are not compared: nodes come and go under addresses that no certificate knew beforehand. That the authority signed for a node is what counts.
    public DotNettySslSetup Setup() => new(_current.Own, suppressValidation: false, requireMutualAuthentication: true, validateCertificateHostname: false,
        (certificate, _, peer, _, log) =>
        {
            var reason = "it shows no certificate";
            if (certificate is not null && _current.IsOfAuthority(certificate, out reason)) return true;
            log.Warning("A connection with {0} was refused: {1}", peer, reason);
            return false;
        });

    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, _time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var now = Print();
                if (now == _seen) continue;
                _seen = now;
                Renew(_tls.Load());
            }
            catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
            {
                Log.NotTaken(_logger, cause.Message);
            }
        }
    }

    private void Renew(NodeCredentials found)
    {
        if (!found.IsOfAuthority(found.Own, out var reason))
        {
            Log.NotTaken(_logger, $"the certificate [{_tls.Files.Certificate}] is not one of the authority [{_tls.Authority}]: {reason}");
            return;
        }
        _current = found;
        if (TransportCertificate.TryReplace(_services.GetRequiredService<ActorSystem>(), found.Own)) Log.Taken(_logger, found.Own.Subject, found.Own.NotAfter.ToUniversalTime());
        else Log.OnlyAuthority(_logger);
    }

    // By what is in them: times of files say little where they are links to folders that are replaced as a whole.
    private string Print()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in (string[])[_tls.Files.Certificate, _tls.Files.Key, _tls.Authority]) hash.AppendData(File.ReadAllBytes(file));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static partial class Log
    {
        [LoggerMessage(4230, LogLevel.Information, "New connections between nodes go by the new files: this node is [{Subject}] until {Expires:u}")]
        internal static partial void Taken(ILogger logger, string subject, DateTime expires);

        [LoggerMessage(4231, LogLevel.Error, "The files of [mlactors.cluster.tls] have changed and cannot be used; the node goes on with what it has: {Reason}")]
        internal static partial void NotTaken(ILogger logger, string reason);

        [LoggerMessage(4232, LogLevel.Warning, "New connections are checked against the new authority, but this node shows its old certificate until it is restarted")]
        internal static partial void OnlyAuthority(ILogger logger);
    }
}
