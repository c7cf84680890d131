using System.Globalization;
using System.Net;
using MlActors.Node.Tests.Support;

namespace MlActors.Cluster.Tests.Support;

/// <summary>
/// A client that posts the workload in small uploads, one after another, whatever happens meanwhile, and what is left in large ones when the test has seen what it wanted.
/// It repeats an upload, under its name, as long as it is not acknowledged; the only refusal that it takes is the one that says that repeating may help, 503.
/// </summary>
internal sealed class Feed
{
    private const int Small = 4;
    private const int Large = Workload.RecordsPerPiece;
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(20);

    private static readonly IReadOnlyList<string> Records = [.. Workload.Pieces.SelectMany(piece => piece.Split('\n', StringSplitOptions.RemoveEmptyEntries))];

    private readonly Func<int, MlClient> _gateway;
    private readonly List<string> _refusals = [];
    private readonly Task _done;
    private volatile bool _ending;
    private int _acknowledged;
    private int _lost;

    public Feed(ClusterNode gateway)
        : this(_ => gateway.Client)
    {
    }

    /// <param name="gateway">Whom it asks, by how often it lost a connection.</param>
    public Feed(Func<int, MlClient> gateway)
    {
        _gateway = gateway;
        _done = RunAsync();
    }

    /// <summary>What the answers with 503 said.</summary>
    public IReadOnlyList<string> Refusals
    {
        get { lock (_refusals) return [.. _refusals]; }
    }

    /// <summary>Waits until so many more uploads were acknowledged.</summary>
    public Task GoesOnAsync(int more = 10)
    {
        var before = Volatile.Read(ref _acknowledged);
        return UntilAsync(() => Volatile.Read(ref _acknowledged) >= before + more);
    }

    /// <summary>Waits until another upload was refused.</summary>
    public Task IsRefusedAsync()
    {
        var before = Refusals.Count;
        return UntilAsync(() => Refusals.Count > before);
    }

    /// <summary>Posts the rest.</summary>
    public Task EndAsync()
    {
        _ending = true;
        return _done;
    }

    private Task UntilAsync(Func<bool> reached) => Poll.UntilAsync(
        async () =>
        {
            // Also with what it failed with.
            if (_done.IsCompleted) await _done;
            return reached() ? "reached" : _done.IsCompleted ? throw new InvalidOperationException("all is posted") : $"{_acknowledged} acknowledged";
        },
        state => state == "reached");

    private async Task RunAsync()
    {
        using var next = new PeriodicTimer(Every);
        for (var first = 0; first < Records.Count;)
        {
            var upload = Records.Skip(first).Take(_ending ? Large : Small).ToList();
            var body = string.Join('\n', upload) + '\n';
            do
            {
                await next.WaitForNextTickAsync();
            }
            while (!await IsTakenAsync(string.Create(CultureInfo.InvariantCulture, $"from-{first}"), body));
            first += upload.Count;
            Interlocked.Increment(ref _acknowledged);
        }
    }

    private async Task<bool> IsTakenAsync(string name, string records)
    {
        Answer answer;
        try
        {
            answer = await _gateway(_lost).PostAsync(Workload.Job, name, records);
        }
        catch (Exception cause) when (cause is HttpRequestException or IOException or OperationCanceledException)
        {
            _lost++;
            return false;
        }
        if (answer.Status == HttpStatusCode.ServiceUnavailable)
        {
            lock (_refusals) _refusals.Add((string)answer.Body["error"]!["reason"]!);
            return false;
        }
        answer.Expect(HttpStatusCode.Accepted);
        return true;
    }
}
