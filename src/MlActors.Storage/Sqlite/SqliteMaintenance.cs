using Microsoft.Data.Sqlite;
using MlActors.Storage.Checking;
using MlActors.Storage.Transfer;

namespace MlActors.Storage.Sqlite;

internal sealed class SqliteMaintenance(StorageOptions options) : StorageMaintenance
{
    public override string Place => options.DatabasePath;

    public override IReadOnlyList<SchemaChange> Migrate() => Translating<IReadOnlyList<SchemaChange>>(() =>
    {
        using var directory = DirectoryLock.Take(Path.GetFullPath(options.DataDirectory));
        SqliteImportFiles.RequireFinished(options);
        return [Migrate(options, StoragePart.Jobs), Migrate(options.ForDocuments, StoragePart.Documents)];
    });

    // The folder is locked meanwhile: half of what a server is doing would look like a defect, since there is no moment of both files.
    private protected override int Check(Findings findings, List<string> notes, Action<string>? progress, CancellationToken cancellation)
    {
        using var source = new SqliteRowSource(options);
        foreach (var place in (StorageOptions[])[options, options.ForDocuments])
        {
            progress?.Invoke($"reading all pages of {place.DatabasePath}");
            using var connection = SqliteFile.OpenExisting(place);
            var sick = (string)SqliteFile.Scalar(connection, "PRAGMA integrity_check(1)");
            if (sick != "ok") findings.Add("integrity", $"{place.DatabasePath} is damaged: {sick}", "restore a backup");
        }
        if (!IsCurrent(source.Versions, findings)) return 0;
        using var jobs = new SqliteReadSession(SqliteFile.OpenExisting(options));
        using var documents = new SqliteReadSession(SqliteFile.OpenExisting(options.ForDocuments));
        return StorageCheck.Run(jobs, documents, source.Tables, findings, progress, cancellation);
    }

    private protected override RowSource OpenSource() => new SqliteRowSource(options);

    private protected override RowTarget OpenTarget() => new SqliteRowTarget(options);

    private protected override bool IsOfTheDatabase(Exception failure) => failure is SqliteException or SqliteFailure;

    private protected override StorageOpenException Translate(Exception failure) =>
        new($"The database {Place} cannot be used: {SqliteFailure.Translate(failure).Message} ({failure.Message})", failure);

    private static SchemaChange Migrate(StorageOptions place, StoragePart part)
    {
        var schema = TransferTables.SchemaOf(part);
        using var connection = SqliteFile.OpenWriter(place);
        var found = SqliteMigration.Run(connection, schema);
        SqliteFile.SelfCheck(connection, place, schema);
        return new SchemaChange(place.DatabasePath, found, schema.CurrentVersion);
    }
}
