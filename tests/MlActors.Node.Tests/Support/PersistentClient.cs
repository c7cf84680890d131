using System.Globalization;
using System.Net;

namespace MlActors.Node.Tests.Support;

/// <summary>
/// A client that does not give up, and the keeper of its server: a step whose server dies is done again, as far as it still has to be, once the
/// server was started again.
/// </summary>
/// <param name="faults">What <c>MLACTORS_FAULTS</c> is at the first start, the second, …; nothing at the starts after that.</param>
internal sealed class PersistentClient(Workspace space, params string[] faults) : IAsyncDisposable
{
    private readonly Queue<string> _faults = new(faults);
    private MlClient? _client;

    /// <summary>How many servers have died under its hands.</summary>
    public int Deaths { get; private set; }

    public ServerProcess? Server { get; private set; }

    public async Task RunToCloseAsync(bool askAgainToClose = true)
    {
        await PutAsync();
        await OpenAsync();
        for (var piece = 0; piece < Workload.Pieces.Count; piece++) await PostAsync(piece);
        await CloseAsync(askAgainToClose);
    }

    public Task PutAsync() => UntilDoneAsync(async (client, again) =>
    {
        var answer = await client.PutAsync(Workload.Job, Workload.Config);
        // The answer to the first request was lost: then it is there.
        if (!again || answer.Body.ToJsonString().Contains("resource_already_exists", StringComparison.Ordinal) is false) answer.Expect(HttpStatusCode.OK);
    });

    public Task OpenAsync() => UntilDoneAsync(async (client, again) =>
    {
        if (again && await client.StateAsync(Workload.Job) is "opening" or "opened") await client.UntilAsync(Workload.Job, "opened");
        else (await client.OpenAsync(Workload.Job)).Expect(HttpStatusCode.OK);
    });

    public Task PostAsync(int piece) => UntilDoneAsync(async (client, again) =>
    {
        if (again) await client.UntilAsync(Workload.Job, "opened");
        (await client.PostAsync(Workload.Job, string.Create(CultureInfo.InvariantCulture, $"piece-{piece}"), Workload.Pieces[piece])).Expect(HttpStatusCode.Accepted);
    });

    /// <param name="askAgain">Whether a close that was not answered may be asked for again; otherwise the server has to finish it by itself.</param>
    public Task CloseAsync(bool askAgain = true, bool force = false) => UntilDoneAsync(async (client, again) =>
    {
        if (again && (!askAgain || await client.StateAsync(Workload.Job) is "closing" or "closed")) await client.UntilAsync(Workload.Job, "closed");
        else (await client.CloseAsync(Workload.Job, force)).Expect(HttpStatusCode.OK);
    });

    /// <summary>Does a step until a server lives long enough to do it.</summary>
    /// <param name="step">Gets whether it was begun before.</param>
    public async Task UntilDoneAsync(Func<MlClient, bool, Task> step)
    {
        for (var again = false; ; again = true)
        {
            try
            {
                await step(await ConnectAsync(), again);
                return;
            }
            catch (Exception lost) when (lost is HttpRequestException or IOException or ServerDiedException)
            {
                await BuryAsync(lost);
            }
        }
    }

    public async Task<MlClient> ConnectAsync()
    {
        Server ??= ServerProcess.Start(space.Data, _faults.TryDequeue(out var fault) ? fault : null, space.Config);
        return _client ??= new MlClient(await Server.ListeningAsync());
    }

    public async Task<Outcome> OutcomeAsync() => await Outcome.ReadAsync(await ConnectAsync(), Server!, space);

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (Server is not null) await Server.DisposeAsync();
    }

    // A server that lost a connection without dying, or died of anything but a kill, is a defect and no fault of ours.
    private async Task BuryAsync(Exception lost)
    {
        (await Server!.ExitAsync()).ShouldBe(ServerProcess.Killed, lost + "\n" + Server.Said);
        Deaths++;
        await DisposeAsync();
        (Server, _client) = (null, null);
    }
}
