using MlActors.Jobs.Storage;
using MlActors.Storage.Postgres;
using MlActors.Storage.Sqlite;
using MlActors.Storage.Transfer;

namespace MlActors.Storage;

/// <summary>A schema that was brought from one version to another.</summary>
/// <param name="Name">Of the database, for messages.</param>
/// <param name="From">0: there was none.</param>
public sealed record SchemaChange(string Name, int From, int To);

/// <summary>What can be done to a storage without serving it. Each call opens it, and lets go of it.</summary>
public abstract class StorageMaintenance
{
    private protected StorageMaintenance()
    {
    }

    public static StorageMaintenance Of(StorageOptions options) => new SqliteMaintenance(options);

    public static StorageMaintenance Of(PostgresOptions options) => new PostgresMaintenance(options);

    /// <summary>Where the data is, for messages, without secrets.</summary>
    public abstract string Place { get; }

    /// <summary>Brings the schemas to the version of this program; makes them where there are none.</summary>
    /// <exception cref="StorageOpenException">It is in use, or a newer version wrote it.</exception>
    public abstract IReadOnlyList<SchemaChange> Migrate();

    /// <summary>Writes all rows, of one moment.</summary>
    /// <exception cref="StorageOpenException">There is none, it is in use, or a newer version wrote it.</exception>
    /// <exception cref="StoreException">A row cannot be read.</exception>
    public TransferSummary Export(Stream target, Action<TransferProgress>? progress = null, CancellationToken cancellation = default) => Translating(() =>
    {
        using var source = OpenSource();
        return StorageTransfer.Export(source, target, progress, cancellation);
    });

    /// <summary>Takes the rows of an export into an empty storage: all of them, or, if that fails, none.</summary>
    /// <exception cref="StorageOpenException">It is in use, or cannot be reached.</exception>
    /// <exception cref="StoreException">The export is damaged or of a newer version, or the storage is not empty.</exception>
    public TransferSummary Import(Stream source, Action<TransferProgress>? progress = null, CancellationToken cancellation = default) => Translating(() =>
    {
        using var target = OpenTarget();
        return StorageTransfer.Import(source, target, progress, cancellation);
    });

    private protected abstract RowSource OpenSource();

    private protected abstract RowTarget OpenTarget();

    private protected abstract bool IsOfTheDatabase(Exception failure);

    /// <summary>What a user is told.</summary>
    private protected abstract StorageOpenException Translate(Exception failure);

    private protected T Translating<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception failure) when (IsOfTheDatabase(failure))
        {
            throw Translate(failure);
        }
    }
}
