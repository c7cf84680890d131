using MlActors.Storage.Checking;
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

    // Servers may go on: each session sees the state after whole transactions, and documents and jobs say nothing about each other.
    private protected override int Check(Findings findings, List<string> notes, Action<string>? progress, CancellationToken cancellation)
    {
        IReadOnlyList<TableShape> tables;
        using (var source = new PostgresRowSource(options))
        {
            if (!IsCurrent(source.Versions, findings)) return 0;
            tables = source.Tables;
        }
        using var connector = new PostgresConnector(options, options.Schema);
        using (var connection = connector.Open())
        {
            PostgresMigration.Check(connection, options.Schema, Place, TransferTables.SchemaOf(StoragePart.Jobs));
            if (PostgresServing.Of(connection, options.Schema) is { Count: > 0 } serving)
                notes.Add($"in use by {string.Join(", ", serving)}: this is the state of the moment at which the check began");
        }
        using var ofDocuments = new PostgresConnector(options, options.DocumentsSchema);
        using var jobs = Patient(connector);
        using var documents = Patient(ofDocuments);
        return StorageCheck.Run(jobs, documents, tables, findings, progress, cancellation);
    }

    private static PostgresReadSession Patient(PostgresConnector connector)
    {
        var session = new PostgresReadSession(connector, patient: true);
        session.Execute("SET statement_timeout = 0").Dispose();
        session.Execute("SET idle_in_transaction_session_timeout = 0").Dispose();
        return session;
    }

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
