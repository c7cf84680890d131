using MlActors.Node.Tests.Support;

namespace MlActors.Node.Tests;

/// <summary>A server that dies at a named place and is started again gives what one gives that never died, on either database.</summary>
public abstract class CrashMatrix(Database database)
{
    private protected Workspace NewSpace() => new(database);

    protected async Task DiesAtAsync(params string[] points)
    {
        var undisturbed = await Outcome.OfAnUndisturbedRunAsync();
        using var space = NewSpace();
        await using var client = new PersistentClient(space, [.. points.Select(point => point + "=kill")]);
        // A close that was accepted is finished by the server, without anybody asking for it again.
        await client.RunToCloseAsync(askAgainToClose: !points[0].StartsWith("close.", StringComparison.Ordinal));
        client.Deaths.ShouldBe(points.Length, "a fault did not strike");
        (await client.OutcomeAsync()).ShouldBeThatOf(undisturbed);
    }
}

public abstract class DeathWhileOpeningOrClosing(Database database) : CrashMatrix(database)
{
    [Theory]
    [InlineData("open.journaled")]
    [InlineData("open.restored")]
    [InlineData("open.opened")]
    [InlineData("close.journaled")]
    [InlineData("close.analysed")]
    [InlineData("close.pruned")]
    [InlineData("close.finished")]
    [InlineData("close.closed")]
    public Task A_job_survives_the_death_of_the_server_at(string point) => DiesAtAsync(point);

    [Fact]
    public async Task A_forced_close_is_finished_after_the_death_of_the_server_and_the_input_is_analysed_at_the_next_open()
    {
        var undisturbed = await Outcome.OfAnUndisturbedRunAsync();
        using var space = NewSpace();
        await using var client = new PersistentClient(space, "forceclose.journaled=kill");
        await client.PutAsync();
        await client.OpenAsync();
        for (var piece = 0; piece < Workload.Pieces.Count; piece++) await client.PostAsync(piece);
        await client.CloseAsync(askAgain: false, force: true);
        client.Deaths.ShouldBe(1, "the fault did not strike");
        await client.OpenAsync();
        await client.CloseAsync();
        (await client.OutcomeAsync()).ShouldBeThatOf(undisturbed);
    }
}

public abstract class DeathWhileTakingRecords(Database database) : CrashMatrix(database)
{
    [Theory]
    [InlineData("post.received:1")]
    [InlineData("post.received:5")]
    [InlineData("post.journaled:1")]
    [InlineData("post.journaled:7")]
    [InlineData("post.acked:1")]
    [InlineData("post.acked:12")]
    [InlineData("store.committing:6")]
    [InlineData("store.committed:6")]
    [InlineData("store.committing:15")]
    [InlineData("store.committed:15")]
    public Task Records_are_counted_once_after_the_death_of_the_server_at(string point) => DiesAtAsync(point);
}

public abstract class DeathWhileAnalysing(Database database) : CrashMatrix(database)
{
    [Theory]
    [InlineData("analyse.fold:1")]
    [InlineData("analyse.fold:8")]
    [InlineData("analyse.folded:2")]
    [InlineData("analyse.written:1")]
    [InlineData("analyse.written:3")]
    [InlineData("snapshot.taken:1")]
    [InlineData("snapshot.taken:2")]
    [InlineData("snapshot.journaled:1")]
    [InlineData("snapshot.journaled:3")]
    public Task The_model_and_the_results_are_the_same_after_the_death_of_the_server_at(string point) => DiesAtAsync(point);

    [Fact]
    public Task The_model_and_the_results_are_the_same_when_the_server_dies_again_while_it_recovers() =>
        DiesAtAsync("snapshot.journaled:2", "open.restored", "analyse.fold:2");
}

public sealed class DeathWhileOpeningOrClosingTests() : DeathWhileOpeningOrClosing(Database.Sqlite);

public sealed class DeathWhileOpeningOrClosingOnPostgresTests() : DeathWhileOpeningOrClosing(Database.Postgres);

public sealed class DeathWhileTakingRecordsTests() : DeathWhileTakingRecords(Database.Sqlite);

public sealed class DeathWhileTakingRecordsOnPostgresTests() : DeathWhileTakingRecords(Database.Postgres);

public sealed class DeathWhileAnalysingTests() : DeathWhileAnalysing(Database.Sqlite);

public sealed class DeathWhileAnalysingOnPostgresTests() : DeathWhileAnalysing(Database.Postgres);
