using System.Net;
using MlActors.Benchmarks.Clusters;
using MlActors.Node.Tests.Support;

namespace MlActors.Benchmarks.Chaos;

/// <summary>Somebody who works with a job, at random from a seed, and writes down what was acknowledged.</summary>
internal sealed class JobScript(string job, int seed, ChaosClient client, Failovers failovers, RunReport report) : IDisposable
{
    private const int MostRecords = 300;
    private const int ManyRecords = 9000;

    // One of so many.
    private const int LostAnswers = 10;
    private const string Jobs = "/_ml/anomaly_detectors/";

    private static readonly TimeSpan TryUploadFor = TimeSpan.FromSeconds(5);

    // Longer than a node can be frozen and live on.
    private static readonly TimeSpan UntilUploadsAreOver = TimeSpan.FromSeconds(30);

    private readonly Random _random = new(seed);
    private readonly SemaphoreSlim _turn = new(1);
    private bool _open;
    private int _incarnation;
    private int _posts;

    /// <summary>What the job has to be like.</summary>
    public JobLedger Ledger { get; private set; } = new(job, seed);

    public string Job => job;

    /// <summary>Creates the job and works with it.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await client.ExpectAsync(HttpMethod.Put, Jobs + job, JobLedger.Config);
        while (!stop.IsCancellationRequested)
        {
            await _turn.WaitAsync(CancellationToken.None);
            try
            {
                await StepAsync(_random.Next(100));
            }
            catch (InvalidOperationException refused)
            {
                await WonderAsync(refused.Message);
            }
            finally
            {
                _turn.Release();
            }
            await Task.WhenAny(Task.Delay(_random.Next(100, 600), stop));
        }
    }

    /// <summary>Nothing is done with the job until the answer is disposed of; the job counts as closed then.</summary>
    public async Task<IDisposable> HoldAsync()
    {
        await _turn.WaitAsync();
        return new Held(this);
    }

    /// <summary>A last upload, and the job is closed.</summary>
    public async Task FinishAsync()
    {
        await PostAsync(MostRecords);
        await CloseAsync(force: false);
    }

    public void Dispose() => _turn.Dispose();

    private Task StepAsync(int dice) => dice switch
    {
        < 78 => PostAsync(_random.Next(30, MostRecords)),
        < 80 => PostAsync(ManyRecords),
        < 88 => FlushAsync(interim: dice % 2 == 0),
        < 93 => CloseAsync(force: false),
        < 96 => CloseAsync(force: true),
        // An upload that was given up would belong to the new job as well as to the old one.
        _ when client.LastGivenUp != 0 && TimeProvider.System.GetElapsedTime(client.LastGivenUp) < UntilUploadsAreOver => FlushAsync(interim: false),
        < 98 => ResetAsync(),
        _ => CreateAgainAsync(force: dice % 2 == 0),
    };

    private async Task PostAsync(int count)
    {
        var step = new Step(StepKind.Post, Ledger.Records, count);
        var path = Text.Of($"{Jobs}{job}/_data?batch_id=upload-{++_posts}");
        while (true)
        {
            await OpenAsync();
            var (answer, repeated) = await client.SendAsync(HttpMethod.Post, path, Ledger.Body(step), TryUploadFor);
            if (answer.Status == HttpStatusCode.Accepted)
            {
                Check(path, count, answer);
                failovers.Acknowledged(job);
                report.Count("  uploads acknowledged");
                if (repeated) report.Count("  uploads sent again before an answer came");
                Ledger.Add(step);
                if (_random.Next(LostAnswers) == 0) await RepeatAsync(path, step);
                return;
            }
            await WonderAsync($"{path}: {(int)answer.Status} {answer.Body.ToJsonString()}");
        }
    }

    /// <summary>As if the answer had been lost on its way: the same upload once more, perhaps at another node, and perhaps after the owner has changed.</summary>
    private async Task RepeatAsync(string path, Step step)
    {
        await Task.Delay(_random.Next(2000));
        var (answer, _) = await client.SendAsync(HttpMethod.Post, path, Ledger.Body(step), TryUploadFor);
        if (answer.Status != HttpStatusCode.Accepted) report.Violation($"{path} again: {(int)answer.Status} {answer.Body.ToJsonString()}");
        else Check(path + " again", step.Count, answer);
        report.Count("  uploads sent again after an answer");
    }

    private void Check(string path, int count, Answer answer)
    {
        if ((int)answer.Body["processed_record_count"]! != count) report.Violation($"{path}: {count} records sent, the answer is {answer.Body.ToJsonString()}");
    }

    /// <summary>A request was refused, which nothing that this client did explains; it goes on with the job as it is.</summary>
    private async Task WonderAsync(string refused)
    {
        var state = await client.StateAsync(job);
        report.Violation($"{refused}; now it is {state}, its last messages are {await client.LastMessagesAsync(job)}");
        if (state == "failed") await client.ExpectAsync(HttpMethod.Post, $"{Jobs}{job}/_close?force=true");
        _open = state == "opened";
    }

    private async Task OpenAsync()
    {
        while (!_open)
        {
            var (answer, repeated) = await client.SendAsync(HttpMethod.Post, $"{Jobs}{job}/_open");
            _open = answer.Status == HttpStatusCode.OK || (repeated && await client.StateAsync(job) == "opened");
            // An earlier try of the same request is on its way, or a close whose answer was lost comes late.
            if (!_open && !repeated) throw new InvalidOperationException($"opening {job}: {(int)answer.Status} {answer.Body.ToJsonString()}");
            if (!_open) report.Count("  opens asked for once more");
            else Ledger.Add(new Step(StepKind.Open));
        }
    }

    private async Task FlushAsync(bool interim)
    {
        await OpenAsync();
        await client.ExpectAsync(HttpMethod.Post, $"{Jobs}{job}/_flush?calc_interim={(interim ? "true" : "false")}");
        Ledger.Add(new Step(interim ? StepKind.FlushInterim : StepKind.Flush));
    }

    private async Task CloseAsync(bool force)
    {
        failovers.Forget(job);
        await client.ExpectAsync(HttpMethod.Post, $"{Jobs}{job}/_close{(force ? "?force=true" : "")}");
        Closed(force);
    }

    private void Closed(bool force)
    {
        failovers.Forget(job);
        if (_open) Ledger.Add(new Step(force ? StepKind.ForceClose : StepKind.Close));
        _open = false;
    }

    private async Task ResetAsync()
    {
        await CloseAsync(force: false);
        await client.ExpectAsync(HttpMethod.Post, $"{Jobs}{job}/_reset");
        Ledger = new JobLedger(job, seed + (1000 * ++_incarnation));
    }

    private async Task CreateAgainAsync(bool force)
    {
        failovers.Forget(job);
        if (!force) await CloseAsync(force: false);
        await client.ExpectAsync(HttpMethod.Delete, $"{Jobs}{job}{(force ? "?force=true" : "")}", done: HttpStatusCode.NotFound);
        _open = false;
        await client.ExpectAsync(HttpMethod.Put, Jobs + job, JobLedger.Config, done: HttpStatusCode.BadRequest);
        Ledger = new JobLedger(job, seed + (1000 * ++_incarnation));
    }

    private sealed class Held(JobScript script) : IDisposable
    {
        public void Dispose()
        {
            script.Closed(force: false);
            script._turn.Release();
        }
    }
}
