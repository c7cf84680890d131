using System.Text;
using MlActors.Datafeeds.Connections;
using MlActors.Datafeeds.Index;
using MlActors.Datafeeds.Tests.Compliance;
using MlActors.Documents.Store;
using MlActors.Storage;
using MlActors.Storage.Sqlite;

namespace MlActors.Datafeeds.Tests.Index;

/// <summary>Tests of the server's own documents, on their real store.</summary>
public abstract class OwnDocumentsTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mlactors-index-").FullName;
    private SqliteStorage _storage = null!;
    private protected DatafeedSources Sources { get; private set; } = null!;

    private protected IDocumentStore Documents => _storage.Documents;

    public async Task InitializeAsync()
    {
        _storage = SqliteStorage.Open(new StorageOptions { DataDirectory = _directory, Durability = Durability.Normal });
        Sources = new DatafeedSources(ConnectionSet.Read([], []), [], new IndexKind(Documents, TimeProvider.System));
        await FillAsync();
    }

    public async Task DisposeAsync()
    {
        await Sources.DisposeAsync();
        _storage.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Puts there what all tests of the class need.</summary>
    private protected abstract Task FillAsync();

    private protected async Task PutAsync(string index, IEnumerable<Sample> samples, string? timeField = "ts")
    {
        var (info, _) = await Documents.CreateIndexAsync(new IndexDefinition(index, new string('u', 22), timeField, "{}", "{}", null, 0));
        var writes = samples.Select(sample => new DocumentWrite(WriteKind.Index, null, sample.Ms,
            Encoding.UTF8.GetBytes(FormattableString.Invariant($$"""{"ts":{{sample.Ms}},"host":"{{sample.Host}}","value":{{sample.Value}}}""")))).ToList();
        if (writes.Count > 0) await Documents.WriteAsync(info.Number, writes);
    }
}
