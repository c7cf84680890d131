using MlActors.Storage.Tests.Compliance;

namespace MlActors.Storage.Tests.Sqlite;

public sealed class SqliteWrites() : WriteCompliance(new SqliteUnderTest());

public sealed class SqliteInputLog() : InputLogCompliance(new SqliteUnderTest());

public sealed class SqliteSnapshots() : SnapshotCompliance(new SqliteUnderTest());

public sealed class SqliteUpgradeMode() : UpgradeCompliance(new SqliteUnderTest());

public sealed class SqliteCatalogRows() : CatalogCompliance(new SqliteUnderTest());

public sealed class SqliteResultRows() : ResultsCompliance(new SqliteUnderTest());

public sealed class SqliteContextRows() : ContextCompliance(new SqliteUnderTest());

public sealed class SqlitePlotRows() : PlotCompliance(new SqliteUnderTest());

public sealed class SqliteAnnotationRows() : AnnotationCompliance(new SqliteUnderTest());

public sealed class SqliteMessageRows() : AuditCompliance(new SqliteUnderTest());

public sealed class SqliteForecastRows() : ForecastCompliance(new SqliteUnderTest());

public sealed class SqliteSecurityRows() : SecurityCompliance(new SqliteUnderTest());

public sealed class SqliteEvents() : EventLogCompliance(new SqliteUnderTest());

public sealed class SqliteJournal() : JournalCompliance(new SqliteUnderTest());

public sealed class SqliteService() : ServiceCompliance(new SqliteUnderTest());

public sealed class SqliteDocumentRows() : DocumentCompliance(new SqliteUnderTest());
