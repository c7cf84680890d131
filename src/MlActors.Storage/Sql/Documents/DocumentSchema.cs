namespace MlActors.Storage.Sql.Documents;

/// <summary>
/// The tables of the documents. They lie in the order (index, time, sequence number), so that a range of time is one run of pages. An id that a sender
/// gave has a row of its own; one that was made says where its document is. Times are epoch milliseconds.
/// </summary>
internal static class DocumentSchema
{
    private static readonly SchemaStep[] Steps =
    [
        """
        CREATE TABLE schema_version (version INTEGER NOT NULL);
        CREATE TABLE probe (id INTEGER PRIMARY KEY, value INTEGER NOT NULL);

        CREATE TABLE doc_index (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL, uuid TEXT NOT NULL, tag INTEGER NOT NULL, time_field TEXT,
            settings TEXT NOT NULL, mappings TEXT NOT NULL, retention_ms INTEGER, created_ms INTEGER NOT NULL,
            next_seq INTEGER NOT NULL DEFAULT 0, documents INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0,
            earliest_ms INTEGER NOT NULL DEFAULT 9223372036854775807, latest_ms INTEGER NOT NULL DEFAULT -9223372036854775808,
            dropped INTEGER NOT NULL DEFAULT 0);
        CREATE UNIQUE INDEX doc_index_name ON doc_index (name) WHERE dropped = 0;

        CREATE TABLE document (
            index_no INTEGER NOT NULL, time_ms INTEGER NOT NULL, seq INTEGER NOT NULL, id TEXT, source BLOB NOT NULL,
            PRIMARY KEY (index_no, time_ms, seq)) WITHOUT ROWID;
        CREATE TABLE document_id (
            index_no INTEGER NOT NULL, id TEXT NOT NULL, time_ms INTEGER NOT NULL, seq INTEGER NOT NULL, version INTEGER NOT NULL,
            PRIMARY KEY (index_no, id)) WITHOUT ROWID;
        """,

        new("", Postgres:
        """
        CREATE TABLE writer (writer_id TEXT NOT NULL PRIMARY KEY, number INTEGER NOT NULL, since TIMESTAMPTZ NOT NULL DEFAULT now());
        """),
    ];

    public static DatabaseSchema Schema { get; } = new(Steps, ["doc_index_name"], []);
}
