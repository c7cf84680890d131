namespace MlActors.Storage.Tests.Compliance;

/// <summary>A kind of storage that the compliance suite is run against, with a place of its own for each test.</summary>
public abstract class StorageUnderTest : IAsyncDisposable
{
    /// <summary>Opens the store, or opens it again with what is in it.</summary>
    public abstract Task<IStorage> OpenAsync();

    /// <summary>The text of all rows of the tables of results, in a fixed order: equal texts mean equal bytes.</summary>
    public abstract Task<string> DumpResultsAsync();

    public abstract ValueTask DisposeAsync();
}

/// <summary>Opens a store for each test of a suite and closes it afterwards.</summary>
public abstract class ComplianceSuite(StorageUnderTest subject) : IAsyncLifetime
{
    protected StorageUnderTest Subject { get; } = subject;

    protected IStorage Storage { get; private set; } = null!;

    public async Task InitializeAsync() => Storage = await Subject.OpenAsync();

    public async Task DisposeAsync()
    {
        await Storage.DisposeAsync();
        await Subject.DisposeAsync();
    }

    protected Task WriteAsync(params Jobs.Storage.StoreWrite[] writes) => Storage.Jobs.WriteAsync(writes);

    protected async Task ReopenAsync()
    {
        await Storage.DisposeAsync();
        Storage = await Subject.OpenAsync();
    }
}
