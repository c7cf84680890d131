namespace MlActors.Storage.Sql;

/// <summary>
/// The tables. Rows that many jobs write in one transaction and that are read one at a time are kept in the order of writing with an index beside them
/// (journal, snapshot), so that a transaction of many jobs touches few pages. Rows that are read in runs are clustered by job (results, inputs).
/// Times of results are epoch seconds, columns ending in _ms wall-clock epoch milliseconds; documents are JSON text.
/// </summary>
internal static class Schema
{
    private static readonly SchemaStep[] Steps =
    [
        new(
        """
        CREATE TABLE schema_version (version INTEGER NOT NULL);

        CREATE TABLE journal (
            ordering INTEGER PRIMARY KEY,
            persistence_id TEXT NOT NULL,
            sequence_nr INTEGER NOT NULL,
            manifest TEXT NOT NULL,
            payload TEXT NOT NULL,
            deleted INTEGER NOT NULL DEFAULT 0);
        CREATE UNIQUE INDEX journal_key ON journal (persistence_id, sequence_nr);

        CREATE TABLE job (job_id TEXT NOT NULL PRIMARY KEY, config TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE job_group (group_name TEXT NOT NULL, job_id TEXT NOT NULL, PRIMARY KEY (group_name, job_id)) WITHOUT ROWID;
        CREATE INDEX job_group_of_job ON job_group (job_id, group_name);
        CREATE TABLE job_status (
            job_id TEXT NOT NULL PRIMARY KEY,
            state TEXT NOT NULL,
            blocked TEXT NOT NULL,
            active INTEGER NOT NULL,
            deadline_ms INTEGER,
            document TEXT NOT NULL) WITHOUT ROWID;
        CREATE INDEX job_status_active ON job_status (job_id) WHERE active = 1;

        CREATE TABLE input_head (job_id TEXT NOT NULL PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE input (
            job_id TEXT NOT NULL, seq INTEGER NOT NULL, kind INTEGER NOT NULL, payload BLOB NOT NULL,
            PRIMARY KEY (job_id, seq)) WITHOUT ROWID;
        CREATE TABLE quarantine (
            job_id TEXT NOT NULL, seq INTEGER NOT NULL, kind INTEGER NOT NULL, reason TEXT NOT NULL, time_ms INTEGER NOT NULL, payload BLOB NOT NULL,
            PRIMARY KEY (job_id, seq)) WITHOUT ROWID;
        CREATE TABLE upload (
            job_id TEXT NOT NULL, batch_id TEXT NOT NULL, piece INTEGER NOT NULL, checksum INTEGER NOT NULL,
            answer BLOB NOT NULL, last INTEGER NOT NULL, time_ms INTEGER NOT NULL,
            PRIMARY KEY (job_id, batch_id, piece)) WITHOUT ROWID;

        CREATE TABLE snapshot (
            ordering INTEGER PRIMARY KEY,
            job_id TEXT NOT NULL, snapshot_id TEXT NOT NULL, timestamp_ms INTEGER NOT NULL,
            description TEXT NOT NULL, retain INTEGER NOT NULL, document TEXT NOT NULL, state BLOB NOT NULL);
        CREATE UNIQUE INDEX snapshot_key ON snapshot (job_id, snapshot_id);
        CREATE TABLE snapshot_part (
            job_id TEXT NOT NULL, snapshot_id TEXT NOT NULL, part INTEGER NOT NULL, state BLOB NOT NULL,
            PRIMARY KEY (job_id, snapshot_id, part)) WITHOUT ROWID;

        CREATE TABLE bucket (
            job_id TEXT NOT NULL, timestamp INTEGER NOT NULL, is_interim INTEGER NOT NULL, anomaly_score REAL NOT NULL, processing_ms REAL NOT NULL,
            document TEXT NOT NULL, PRIMARY KEY (job_id, timestamp)) WITHOUT ROWID;
        CREATE INDEX bucket_interim ON bucket (job_id, is_interim) WHERE is_interim = 1;
        CREATE TABLE record (
            job_id TEXT NOT NULL, timestamp INTEGER NOT NULL, ordinal INTEGER NOT NULL, is_interim INTEGER NOT NULL, score REAL NOT NULL,
            document TEXT NOT NULL, PRIMARY KEY (job_id, timestamp, ordinal)) WITHOUT ROWID;
        CREATE INDEX record_interim ON record (job_id, is_interim) WHERE is_interim = 1;
        CREATE INDEX record_by_score ON record (job_id, score DESC, timestamp, ordinal, is_interim);
        CREATE TABLE influencer (
            job_id TEXT NOT NULL, timestamp INTEGER NOT NULL, ordinal INTEGER NOT NULL, is_interim INTEGER NOT NULL, score REAL NOT NULL,
            document TEXT NOT NULL, PRIMARY KEY (job_id, timestamp, ordinal)) WITHOUT ROWID;
        CREATE INDEX influencer_interim ON influencer (job_id, is_interim) WHERE is_interim = 1;
        CREATE INDEX influencer_by_score ON influencer (job_id, score DESC, timestamp, ordinal, is_interim);
        CREATE TABLE model_plot (
            job_id TEXT NOT NULL, timestamp INTEGER NOT NULL, ordinal INTEGER NOT NULL, detector_index INTEGER NOT NULL,
            partition_value TEXT NOT NULL, by_value TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (job_id, timestamp, ordinal)) WITHOUT ROWID;

        CREATE TABLE forecast (
            job_id TEXT NOT NULL, forecast_id TEXT NOT NULL, state TEXT NOT NULL, run INTEGER NOT NULL, create_ms INTEGER NOT NULL, expires_ms INTEGER,
            failure TEXT, document TEXT NOT NULL, PRIMARY KEY (job_id, forecast_id)) WITHOUT ROWID;
        CREATE INDEX forecast_expiry ON forecast (expires_ms) WHERE expires_ms IS NOT NULL;
        CREATE TABLE forecast_point (
            job_id TEXT NOT NULL, forecast_id TEXT NOT NULL, timestamp INTEGER NOT NULL, ordinal INTEGER NOT NULL,
            document TEXT NOT NULL, PRIMARY KEY (job_id, forecast_id, timestamp, ordinal)) WITHOUT ROWID;

        CREATE TABLE score_scale (job_id TEXT NOT NULL PRIMARY KEY, scale TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE category (
            job_id TEXT NOT NULL, category_id INTEGER NOT NULL, partition_value TEXT, document TEXT NOT NULL,
            PRIMARY KEY (job_id, category_id)) WITHOUT ROWID;

        CREATE TABLE security_user (name TEXT NOT NULL PRIMARY KEY, password_hash TEXT NOT NULL, roles TEXT NOT NULL, enabled INTEGER NOT NULL);
        CREATE TABLE api_key (
            id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, secret_hash TEXT NOT NULL, owner TEXT NOT NULL, privileges TEXT,
            created_ms INTEGER NOT NULL, expires_ms INTEGER, invalidated INTEGER NOT NULL);

        CREATE TABLE probe (id INTEGER PRIMARY KEY, value INTEGER NOT NULL);
        """,
        // A value of a partition may be longer than a row of an index of PostgreSQL.
        Sqlite: "CREATE INDEX category_of_partition ON category (job_id, partition_value, category_id) WHERE partition_value IS NOT NULL;",
        // Inputs and states are compressed by those who write them.
        Postgres: """
        ALTER TABLE input ALTER COLUMN payload SET STORAGE EXTERNAL;
        ALTER TABLE quarantine ALTER COLUMN payload SET STORAGE EXTERNAL;
        ALTER TABLE snapshot ALTER COLUMN state SET STORAGE EXTERNAL;
        ALTER TABLE snapshot_part ALTER COLUMN state SET STORAGE EXTERNAL;
        """),

        // Filters and calendars.
        """
        CREATE TABLE context_version (id INTEGER PRIMARY KEY, version INTEGER NOT NULL);
        INSERT INTO context_version (id, version) VALUES (1, 0);

        CREATE TABLE filter (filter_id TEXT NOT NULL PRIMARY KEY, description TEXT) WITHOUT ROWID;
        CREATE TABLE filter_item (filter_id TEXT NOT NULL, item TEXT NOT NULL, PRIMARY KEY (filter_id, item)) WITHOUT ROWID;
        CREATE TABLE filter_use (filter_id TEXT NOT NULL, job_id TEXT NOT NULL, PRIMARY KEY (filter_id, job_id)) WITHOUT ROWID;
        CREATE INDEX filter_use_of_job ON filter_use (job_id, filter_id);

        CREATE TABLE calendar (calendar_id TEXT NOT NULL PRIMARY KEY, description TEXT) WITHOUT ROWID;
        CREATE TABLE calendar_job (calendar_id TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (calendar_id, name)) WITHOUT ROWID;
        CREATE INDEX calendar_job_name ON calendar_job (name, calendar_id);
        CREATE TABLE calendar_event (
            calendar_id TEXT NOT NULL, event_id TEXT NOT NULL, description TEXT NOT NULL, start_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL,
            skip_result INTEGER NOT NULL, skip_model_update INTEGER NOT NULL,
            PRIMARY KEY (calendar_id, event_id)) WITHOUT ROWID;
        CREATE INDEX calendar_event_start ON calendar_event (start_ms, event_id);
        """,

        // Datafeeds. How they stand is part of the status of their jobs.
        """
        CREATE TABLE datafeed (datafeed_id TEXT NOT NULL PRIMARY KEY, job_id TEXT NOT NULL UNIQUE, config TEXT NOT NULL) WITHOUT ROWID;
        """,

        // What API keys may do with indices of documents.
        """
        ALTER TABLE api_key ADD COLUMN index_grants TEXT;
        """,

        // Annotations, found by their ends when results are removed.
        """
        CREATE TABLE annotation (
            job_id TEXT NOT NULL, annotation_id TEXT NOT NULL, event TEXT NOT NULL, timestamp INTEGER NOT NULL, end_timestamp INTEGER NOT NULL,
            document TEXT NOT NULL, PRIMARY KEY (job_id, annotation_id)) WITHOUT ROWID;
        CREATE INDEX annotation_end ON annotation (job_id, end_timestamp, event, annotation_id);
        """,

        // Where several processes may write: whose the jobs are, and what each writer committed last.
        new("", Postgres:
        """
        CREATE TABLE job_owner (job_id TEXT NOT NULL PRIMARY KEY, epoch INTEGER NOT NULL, taken_by INTEGER NOT NULL);
        CREATE TABLE writer (writer_id TEXT NOT NULL PRIMARY KEY, number INTEGER NOT NULL, since TIMESTAMPTZ NOT NULL DEFAULT now());
        """),

        // Where nodes find each other.
        new("", Postgres:
        """
        CREATE TABLE node (address TEXT NOT NULL PRIMARY KEY, stage INTEGER NOT NULL, beat UUID NOT NULL, since TIMESTAMPTZ NOT NULL);
        CREATE TABLE node_lease (name TEXT NOT NULL PRIMARY KEY, owner TEXT NOT NULL, until TIMESTAMPTZ NOT NULL);
        """),

        // What happened to jobs, in the order of writing.
        """
        CREATE TABLE message (
            ordering INTEGER PRIMARY KEY,
            job_id TEXT NOT NULL, time_ms INTEGER NOT NULL, level INTEGER NOT NULL, document TEXT NOT NULL);
        CREATE INDEX message_of_job ON message (job_id, ordering);
        """,

        // What jobs ask of their nodes; known of a job from its next change on.
        "ALTER TABLE job_status ADD COLUMN model_limit INTEGER NOT NULL DEFAULT 0;",

        // Whether upgrade mode is on.
        """
        CREATE TABLE upgrade_mode (id INTEGER PRIMARY KEY, enabled INTEGER NOT NULL, version INTEGER NOT NULL, changed_ms INTEGER NOT NULL);
        INSERT INTO upgrade_mode (id, enabled, version, changed_ms) VALUES (1, 0, 0, 0);
        """,
    ];

    public static DatabaseSchema Main { get; } = new(Steps, ["journal_key", "snapshot_key"], ["job_status_active", "job_group_of_job"]);

    /// <summary>What this version reads and writes.</summary>
    public static int CurrentVersion => Main.CurrentVersion;
}
