using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using MlActors.Node.Tests.Support;

namespace MlActors.Cluster.Tests.Support;

/// <summary>
/// Clients with a job each. They give a piece of the workload to one server after another until it is acknowledged; what is not must be refused with a 503
/// that says why. Others look at the jobs all the time.
/// </summary>
/// <param name="gateways">That may be asked. One whose process ends is not any more.</param>
internal sealed class Load(Nodes nodes, IReadOnlyList<ClusterNode> gateways, int jobs = 3) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<ClusterNode, bool> _gone = new();
    private Task _looking = Task.CompletedTask;
    private int _looks;

    public IReadOnlyList<string> Jobs { get; } = [.. Enumerable.Range(0, jobs).Select(i => string.Create(CultureInfo.InvariantCulture, $"shop-{i}"))];

    /// <summary>The reasons of all answers that were no success.</summary>
    public ConcurrentBag<string> Refusals { get; } = [];

    /// <summary>Looks at jobs and results that were answered.</summary>
    public int Looks => Volatile.Read(ref _looks);

    /// <summary>Creates and opens the jobs, and begins to look at them.</summary>
    public async Task OpenAsync()
    {
        foreach (var job in Jobs)
        {
            (await gateways[0].Client.PutAsync(job, Workload.Config)).Expect(HttpStatusCode.OK);
            (await gateways[0].Client.OpenAsync(job)).Expect(HttpStatusCode.OK);
        }
        _looking = Task.WhenAll(Jobs.Select(LookAsync));
    }

    /// <summary>Posts pieces to each job, from the first up to and without the second number; completes when all are acknowledged.</summary>
    public Task PostAsync(int from, int to) => Task.WhenAll(Jobs.Select(async (job, client) =>
    {
        for (var piece = from; piece < to; piece++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"piece-{piece}");
            await UntilDoneAsync(client + piece, node => node.Client.PostAsync(job, name, Workload.Pieces[piece]), HttpStatusCode.Accepted);
        }
    }));

    /// <summary>The node that runs a job.</summary>
    public static async Task<string> OwnerAsync(ClusterNode asked, string job) => (string)(await asked.Client.StatsAsync(job))["node"]!["id"]!;

    /// <summary>Those of the jobs that a node runs.</summary>
    /// <param name="asked">Another one, or the same.</param>
    public async Task<IReadOnlyList<string>> JobsOfAsync(ClusterNode owner, ClusterNode asked)
    {
        var owned = new List<string>();
        foreach (var job in Jobs)
            if (await OwnerAsync(asked, job) == owner.Id) owned.Add(job);
        return owned;
    }

    /// <summary>Ends the looking, closes the jobs, and compares each with what a single server that nothing happens to makes of the same records.</summary>
    public async Task ShouldHaveBeenAnalysedOnceAsync()
    {
        await _stop.CancelAsync();
        await _looking;
        Looks.ShouldBeGreaterThan(0);
        var undisturbed = await Outcome.OfAnUndisturbedRunAsync();
        foreach (var job in Jobs)
        {
            var asked = Alive(0);
            (await asked.Client.CloseAsync(job)).Expect(HttpStatusCode.OK);
            (await nodes.OutcomeAsync(asked, job)).ShouldBeThatOf(undisturbed);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task LookAsync(string job, int client)
    {
        using var pause = new PeriodicTimer(Pause);
        for (var turn = client; !_stop.IsCancellationRequested; turn++)
        {
            var path = "/_ml/anomaly_detectors/" + job;
            var stats = await UntilDoneAsync(turn, node => node.Client.SendAsync(HttpMethod.Get, path + "/_stats"), HttpStatusCode.OK);
            if (stats is null) return;
            // A job that was opened may be neither failed nor closed by anything that happens here.
            ((string?)stats.Body["jobs"]![0]!["state"]).ShouldBe("opened", stats.Body.ToJsonString());
            if (await UntilDoneAsync(turn, node => node.Client.SendAsync(HttpMethod.Get, path + "/results/buckets?size=10"), HttpStatusCode.OK) is null) return;
            Interlocked.Increment(ref _looks);
            await pause.WaitForNextTickAsync();
        }
    }

    /// <returns><c>null</c>: nobody wants to know any more.</returns>
    private async Task<Answer?> UntilDoneAsync(int turn, Func<ClusterNode, Task<Answer>> ask, HttpStatusCode wanted)
    {
        using var pause = new PeriodicTimer(Pause);
        for (var start = TimeProvider.System.GetTimestamp(); ; turn++)
        {
            var node = Alive(turn);
            try
            {
                var answer = await ask(node);
                if (answer.Status == wanted) return answer;
                answer.Status.ShouldBe(HttpStatusCode.ServiceUnavailable, answer.Body.ToJsonString());
                Refusals.Add(((string?)answer.Body["error"]!["reason"]).ShouldNotBeNull());
            }
            catch (Exception lost) when (lost is HttpRequestException or IOException)
            {
                // As with any server that dies. One that does not must not lose a request.
                await node.Process.ExitAsync();
                _gone[node] = true;
            }
            catch (TaskCanceledException)
            {
                // The client's own patience is over: it tries another.
            }
            TimeProvider.System.GetElapsedTime(start).ShouldBeLessThan(Patience, string.Join('\n', Refusals.Distinct(StringComparer.Ordinal)));
            await pause.WaitForNextTickAsync();
            if (_stop.IsCancellationRequested && wanted == HttpStatusCode.OK) return null;
        }
    }

    private ClusterNode Alive(int turn)
    {
        var alive = gateways.Where(node => !_gone.ContainsKey(node)).ToList();
        alive.ShouldNotBeEmpty(nodes.Said);
        return alive[turn % alive.Count];
    }
}
