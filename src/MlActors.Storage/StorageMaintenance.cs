using MlActors.Jobs.Storage;
using MlActors.Storage.Checking;
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

    /// <summary>Looks for what is not as it has to be. Nothing is changed.</summary>
    /// <param name="progress">Told what it is at.</param>
    /// <exception cref="StorageOpenException">There is none, it is in use, it cannot be read, or a newer version wrote it.</exception>
    public CheckReport Check(Action<string>? progress = null, CancellationToken cancellation = default) => Translating(() =>
    {
        var (findings, notes) = (new Findings(), new List<string>());
        var jobs = Check(findings, notes, progress, cancellation);
        return new CheckReport(jobs, findings.List(), notes);
    });

    /// <returns>How many jobs there are.</returns>
    private protected abstract int Check(Findings findings, List<string> notes, Action<string>? progress, CancellationToken cancellation);

    /// <summary>Whether the tables are those that this version checks; if not, that is the finding.</summary>
    private protected static bool IsCurrent(SchemaVersions versions, Findings findings)
    {
        var older = Enum.GetValues<StoragePart>().Where(part => versions[part] < TransferTables.SchemaOf(part).CurrentVersion).ToList();
        foreach (var part in older)
            findings.Add("schema", $"the {(part == StoragePart.Jobs ? "jobs" : "documents")} have schema {versions[part]}, this version has {TransferTables.SchemaOf(part).CurrentVersion}", "run `mlactors storage migrate`, and check again");
        return older.Count == 0;
    }

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
