using Microsoft.Data.Sqlite;
using MlActors.Storage.Sql;
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
