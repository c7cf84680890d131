using System.Diagnostics;
using MlActors.Node.Tests.Support;

namespace MlActors.Node.Tests;

/// <summary>A server with real work moves to another database, and nobody can tell from its answers, then or later.</summary>
public sealed class StorageMoveTests
{
    [Fact]
    public async Task A_server_that_was_killed_and_moved_to_PostgreSQL_answers_and_goes_on_as_the_one_that_stayed()
    {
        using var stayed = new Workspace();
        using var moved = new Workspace(Database.Postgres);
        using var back = new Workspace();
        IReadOnlyList<string> before;
        string told;
        await using (var server = ServerProcess.Start(stayed.Data, config: stayed.Config))
        {
            using var client = new MlClient(await server.ListeningAsync());
            await RealWork.FillAsync(client);
            before = await RealWork.AnswersAsync(client);
            told = await RealWork.MessagesAsync(client, long.MaxValue);
        }

        // The process was killed: what it has not copied into the main file yet belongs to it, and input that no snapshot contains.
        await using (var left = stayed.OpenStorage())
        {
            var newest = (await left.Jobs.ListSnapshotsAsync(Workload.Job))[0].InputSeq;
            (await left.Jobs.ReadInputsAsync(Workload.Job, newest, int.MaxValue)).ShouldNotBeEmpty();
        }
        var export = stayed["export"];
        await CommandAsync(0, "all is well", "storage", "check", "--config", stayed.Config, "--data", stayed.Data);
        await CommandAsync(0, "rows of", "storage", "export", export, "--config", stayed.Config, "--data", stayed.Data);
        await CommandAsync(0, "rows of", "storage", "import", export, "--config", moved.Config, "--data", moved.Data);
        await CommandAsync(0, "all is well", "storage", "check", "--config", moved.Config, "--data", moved.Data);

        var (ofStayed, ofMoved) = (await GoOnAsync(stayed), await GoOnAsync(moved));
        ShouldBeTheSame(ofStayed.At, before);
        ShouldBeTheSame(ofMoved.At, before);
        ofMoved.Told.ShouldBe(told);
        ShouldBeTheSame(RealWork.WithoutClock(ofMoved.Later), RealWork.WithoutClock(ofStayed.Later));
        RealWork.WithoutClock(ofMoved.Later).ShouldNotBe(RealWork.WithoutClock(before));
        (await ModelsAsync(moved)).ShouldBe(await ModelsAsync(stayed));

        // And back: the state of PostgreSQL after all that, in files again.
        var second = moved["export"];
        await CommandAsync(0, "all is well", "storage", "check", "--config", moved.Config, "--data", moved.Data);
        await CommandAsync(0, "rows of", "storage", "export", second, "--config", moved.Config, "--data", moved.Data);
        await CommandAsync(0, "rows of", "storage", "import", second, "--config", back.Config, "--data", back.Data);
        await using var last = ServerProcess.Start(back.Data, config: back.Config);
        using var asked = new MlClient(await last.ListeningAsync());
        ShouldBeTheSame(await RealWork.AnswersAsync(asked), ofMoved.Later);

        async Task<(IReadOnlyList<string> At, string Told, IReadOnlyList<string> Later)> GoOnAsync(Workspace space)
        {
            await using var server = ServerProcess.Start(space.Data, config: space.Config);
            using var client = new MlClient(await server.ListeningAsync());
            await client.UntilAsync(Workload.Job, "opened");
            var at = await RealWork.AnswersAsync(client);
            var messages = await RealWork.MessagesAsync(client, await NewestAsync());
            await RealWork.GoOnAsync(client);
            return (at, messages, await RealWork.AnswersAsync(client));
        }

        Task<long> NewestAsync() => Task.FromResult((long)System.Text.Json.Nodes.JsonNode.Parse(told.Split('\n')[0])!["timestamp"]! + 1);
    }

    [Theory]
    [InlineData("import.table:9", Database.Sqlite)]
    [InlineData("import.complete", Database.Sqlite)]
    [InlineData("import.table:9", Database.Postgres)]
    [InlineData("import.complete", Database.Postgres)]
    public async Task A_kill_in_the_middle_of_an_import_leaves_nothing_that_is_served_and_the_next_import_works(string point, Database database)
    {
        using var from = new Workspace();
        using var to = new Workspace(database);
        await FillAsync(from);
        await CommandAsync(0, "rows of", "storage", "export", from["export"], "--config", from.Config, "--data", from.Data);
        var killed = await ServerProcess.RunAsync(["storage", "import", from["export"], "--config", to.Config, "--data", to.Data], point + "=kill");
        killed.ExitCode.ShouldBe(ServerProcess.Killed, killed.Error);
        if (database == Database.Sqlite)
            await CommandAsync(1, "was broken off. Run `mlactors storage import` again, or delete", "serve", "--config", to.Config, "--data", to.Data, "--urls", "http://127.0.0.1:0");
        await CommandAsync(0, "rows of", "storage", "import", from["export"], "--config", to.Config, "--data", to.Data);
        await ShouldServeAsync(to);
    }

    [Fact]
    public async Task A_kill_after_the_commit_of_an_import_is_mended_by_the_start_of_the_server()
    {
        using var from = new Workspace();
        using var to = new Workspace();
        await FillAsync(from);
        await CommandAsync(0, "rows of", "storage", "export", from["export"], "--config", from.Config, "--data", from.Data);
        var killed = await ServerProcess.RunAsync(["storage", "import", from["export"], "--config", to.Config, "--data", to.Data], "import.committed=kill");
        killed.ExitCode.ShouldBe(ServerProcess.Killed, killed.Error);
        await ShouldServeAsync(to);
    }

    [Fact]
    public async Task An_export_goes_through_a_pipe()
    {
        using var from = new Workspace();
        using var to = new Workspace(Database.Postgres);
        await FillAsync(from);
        var program = $"dotnet '{Path.Combine(AppContext.BaseDirectory, "mlactors.dll")}' storage";
        await ShellAsync(from, $"{program} export - --config '{from.Config}' --data '{from.Data}' | {program} import - --config '{to.Config}' --data '{to.Data}'");
        await ShouldServeAsync(to);
    }

    /// <summary>The commands of the page about backups.</summary>
    [Fact]
    public async Task A_dump_of_PostgreSQL_beside_a_server_is_restored_by_PostgreSQL()
    {
        using var space = new Workspace(Database.Postgres);
        var page = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "backup.md"));
        string Command(string start) => page.Split('\n').Single(line => line.StartsWith("    " + start)).Trim()
            .Replace("mlactors_documents", space.Postgres.Schema + "_documents").Replace("/backups/mlactors-monday.dump", space["dump"])
            .Replace("=mlactors ", $"={space.Postgres.Schema} ").Replace(" mlactors,", $" {space.Postgres.Schema},");
        await FillAsync(space);
        await using (var server = ServerProcess.Start(space.Data, config: space.Config))
        {
            using var client = new MlClient(await server.ListeningAsync());
            await client.UntilAsync(Workload.Job, "opened");
            await ShellAsync(space, Command("pg_dump"));
            // What comes after is not in it.
            (await client.PostAsync(Workload.Job, "later", Workload.Pieces[1])).Expect(System.Net.HttpStatusCode.Accepted);
        }
        await ShellAsync(space, Command("psql"));
        await CommandAsync(1, "There is no storage in", "storage", "check", "--config", space.Config, "--data", space.Data);
        await ShellAsync(space, Command("pg_restore"));
        await CommandAsync(0, "all is well", "storage", "check", "--config", space.Config, "--data", space.Data);
        await ShouldServeAsync(space);
    }

    [Fact]
    public async Task The_commands_say_what_they_did_and_refuse_with_the_fix()
    {
        using var from = new Workspace();
        using var to = new Workspace(Database.Postgres);
        string[] ofFrom = ["--config", from.Config, "--data", from.Data], ofTo = ["--config", to.Config, "--data", to.Data];
        await CommandAsync(1, "There is no database", ["storage", "export", from["export"], .. ofFrom]);
        await CommandAsync(0, "mlactors.db: from schema none to ", ["storage", "migrate", .. ofFrom]);
        await CommandAsync(0, "nothing to do", ["storage", "migrate", .. ofFrom]);
        await CommandAsync(1, "There is no storage in", ["storage", "check", .. ofTo]);
        await CommandAsync(0, "from schema none to ", ["storage", "migrate", .. ofTo]);
        await FillAsync(from);
        await using (var server = ServerProcess.Start(from.Data, config: from.Config))
        {
            await server.ListeningAsync();
            foreach (var command in (string[][])[["export", from["served"]], ["check"], ["migrate"], ["import", from.Config]])
                await CommandAsync(1, "is in use by another server. Stop that server", ["storage", .. command, .. ofFrom]);
        }
        File.Exists(from["served"]).ShouldBeFalse();
        await CommandAsync(0, "rows of", ["storage", "export", from["export"], .. ofFrom]);
        await CommandAsync(1, "exists already; it is not overwritten", ["storage", "export", from["export"], .. ofFrom]);
        await CommandAsync(1, "is no export of MlActors", ["storage", "import", from.Config, .. ofTo]);
        await CommandAsync(1, "Could not find file", ["storage", "import", from["none"], .. ofTo]);
        await CommandAsync(1, "is not empty: its table [", ["storage", "import", from["export"], .. ofFrom]);
        await CommandAsync(2, "Usage:", ["storage", "import", .. ofTo]);
        await CommandAsync(0, "rows of", ["storage", "import", from["export"], .. ofTo]);
        await using (var served = ServerProcess.Start(to.Data, config: to.Config))
        {
            await served.ListeningAsync();
            await CommandAsync(0, "rows of", ["storage", "export", to["export"], .. ofTo]);
            await CommandAsync(0, "note: in use by the server at 127.0.0.1", ["storage", "check", .. ofTo]);
        }
    }

    private static async Task FillAsync(Workspace space)
    {
        await using var server = ServerProcess.Start(space.Data, config: space.Config);
        using var client = new MlClient(await server.ListeningAsync());
        await client.PutAsync(Workload.Job, Workload.Config);
        await client.OpenAsync(Workload.Job);
        await client.PostAsync(Workload.Job, "piece", Workload.Pieces[0]);
    }

    private static async Task ShouldServeAsync(Workspace space)
    {
        await using var server = ServerProcess.Start(space.Data, config: space.Config);
        using var client = new MlClient(await server.ListeningAsync());
        await client.UntilAsync(Workload.Job, "opened");
        ((long)(await client.StatsAsync(Workload.Job))["data_counts"]!["processed_record_count"]!).ShouldBe(Workload.RecordsPerPiece);
    }

    private static async Task ShellAsync(Workspace space, string line)
    {
        var start = new ProcessStartInfo("bash", ["-c", "set -o pipefail; " + line]) { UseShellExecute = false, RedirectStandardError = true };
        if (line.Contains("$DATABASE"))
        {
            var database = new Npgsql.NpgsqlConnectionStringBuilder(space.Postgres.Database);
            start.Environment["DATABASE"] = $"postgresql://{database.Username}@{database.Host}:{database.Port}/{database.Database}";
            start.Environment["PGPASSWORD"] = database.Password;
        }
        using var process = Process.Start(start)!;
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, line + "\n" + said);
    }

    private static async Task CommandAsync(int exitCode, string says, params string[] arguments)
    {
        var result = await ServerProcess.RunAsync(arguments);
        (result.Output + result.Error).ShouldContain(says);
        result.ExitCode.ShouldBe(exitCode, result.Output + result.Error);
    }

    // The answers are long: only what is around the first difference is shown.
    private static void ShouldBeTheSame(IReadOnlyList<string> answers, IReadOnlyList<string> expected)
    {
        answers.Count.ShouldBe(expected.Count);
        foreach (var (answer, other) in answers.Zip(expected))
        {
            var at = answer.Zip(other).TakeWhile(pair => pair.First == pair.Second).Count();
            if (answer != other) Around(answer).ShouldBe(Around(other), answer.Split(' ')[0]);

            string Around(string text) => text[Math.Max(0, at - 100)..Math.Min(text.Length, at + 100)];
        }
    }

    private static async Task<IReadOnlyList<string>> ModelsAsync(Workspace space)
    {
        await using var storage = space.OpenStorage();
        var models = new List<string>();
        foreach (var job in (string[])[Workload.Job, RealWork.Fed])
        {
            var id = (await storage.Jobs.ReadStatusAsync(job))!.ModelSnapshotId.ShouldNotBeNull();
            models.Add(Convert.ToBase64String((await storage.Jobs.ReadSnapshotAsync(job, id))!.State));
        }
        return models;
    }
}
