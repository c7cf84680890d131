using MlActors.Storage.Transfer;
using Npgsql;

namespace MlActors.Storage.Postgres;

internal sealed class PostgresMaintenance(PostgresOptions options) : StorageMaintenance
{
    public override string Place
    {
        get
        {
            using var connector = new PostgresConnector(options, options.Schema);
            return connector.Name;
        }
    }

    public override IReadOnlyList<SchemaChange> Migrate() => Translating<IReadOnlyList<SchemaChange>>(() => [Migrate(options.Schema, StoragePart.Jobs), Migrate(options.DocumentsSchema, StoragePart.Documents)]);

    private protected override RowSource OpenSource() => new PostgresRowSource(options);

    private protected override RowTarget OpenTarget() => new PostgresRowTarget(options);

    private protected override bool IsOfTheDatabase(Exception failure) => failure is NpgsqlException or System.Net.Sockets.SocketException;

    private protected override StorageOpenException Translate(Exception failure) => new($"The database {Place} cannot be used: {failure.Message}", failure);

    private SchemaChange Migrate(string schemaName, StoragePart part)
    {
        using var connector = new PostgresConnector(options, schemaName);
        var schema = TransferTables.SchemaOf(part);
        return new SchemaChange(connector.Name, PostgresMigration.Run(connector, schema), schema.CurrentVersion);
    }
}
