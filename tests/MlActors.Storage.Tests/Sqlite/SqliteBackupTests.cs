using System.Text;
using MlActors.Documents.Queries;
using MlActors.Documents.Store;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;
using MlActors.Storage.Journal;
using MlActors.Storage.Sqlite;
using MlActors.Storage.Tests.Compliance;

namespace MlActors.Storage.Tests.Sqlite;

public sealed class SqliteBackupTests : IAsyncLifetime
{
    private readonly SqliteUnderTest _subject = new();
    private SqliteStorage _storage = null!;

    public Task InitializeAsync()
    {
        _storage = _subject.Open();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _storage.DisposeAsync();
        await _subject.DisposeAsync();
    }

    [Fact]
    public async Task A_backup_taken_under_load_holds_a_consistent_moment()
    {
        // Each group puts the same number into two rows; a copy that is torn would show two different ones.
        using var enough = new CancellationTokenSource();
        var load = Task.Run(async () =>
        {
            for (var n = 1; !enough.IsCancellationRequested; n++)
                await _storage.Jobs.WriteAsync([Make.Input("a", n, new byte[2000]), new PutStatus(Make.Status("a") with { InputSeq = n })]);
        });
        while (!load.IsFaulted && await _storage.Jobs.ReadStatusAsync("a") is not { InputSeq: > 50 }) await Task.Yield();
        await _storage.Events.AppendAsync("job-a", [new LoggedEvent(1, new JobOpened(1))], []);

        var path = _subject.NewPath("backup.db");
        await _storage.BackupAsync(path);
        await enough.CancelAsync();
        await load;

        await using var copy = await OpenBackupAsync(path);
        var status = await copy.Jobs.ReadStatusAsync("a");
        status!.InputSeq.ShouldBeGreaterThan(50);
        (await copy.Jobs.ReadInputsAsync("a", 0, int.MaxValue)).Count.ShouldBe((int)status.InputSeq);
        (await copy.Events.ReadHighestSequenceNrAsync("job-a")).ShouldBe(1);
        await copy.Jobs.WriteAsync([Make.Input("a", status.InputSeq + 1, 1)]);
    }

    [Fact]
    public async Task A_backup_does_not_overwrite_a_file()
    {
        var path = _subject.NewPath("backup.db");
        await File.WriteAllTextAsync(path, "precious");
        (await Should.ThrowAsync<StoreException>(() => _storage.BackupAsync(path))).Message.ShouldContain(path);
        (await File.ReadAllTextAsync(path)).ShouldBe("precious");
    }

    [Fact]
    public async Task A_backup_that_cannot_be_written_leaves_no_file()
    {
        var path = Path.Combine(_subject.NewPath("no-such-directory"), "backup.db");
        await Should.ThrowAsync<StoreException>(() => _storage.BackupAsync(path));
        File.Exists(path).ShouldBeFalse();
    }

    [Fact]
    public async Task A_backup_has_the_documents_too()
    {
        var index = (await _storage.Documents.CreateIndexAsync(new IndexDefinition("logs", "uuid-of-logs-1234567890", "t", "{}", "{}", null, 1))).Index;
        await _storage.Documents.WriteAsync(index.Number, [.. Enumerable.Range(1, 3).Select(n => new DocumentWrite(WriteKind.Index, null, n, Encoding.UTF8.GetBytes($$"""{"n":{{n}}}""")))]);
        var path = _subject.NewPath("with-documents.db");
        await _storage.BackupAsync(path);
        await using var copy = await OpenBackupAsync(path);
        (await copy.Documents.FindIndexAsync("logs"))!.Documents.ShouldBe(3);
        (await copy.Documents.SummarizeAsync(new DocumentScan([index], Query.All))).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_backup_can_be_given_up()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var path = _subject.NewPath("backup.db");
        await Should.ThrowAsync<OperationCanceledException>(() => _storage.BackupAsync(path, cancelled.Token));
        File.Exists(path).ShouldBeFalse();
    }

    private static Task<IStorage> OpenBackupAsync(string path) =>
        Task.FromResult<IStorage>(SqliteStorage.Open(new StorageOptions { DataDirectory = Path.GetDirectoryName(path)!, FileName = Path.GetFileName(path) }));
}
