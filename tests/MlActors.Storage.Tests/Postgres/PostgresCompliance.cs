using MlActors.Storage.Tests.Compliance;

namespace MlActors.Storage.Tests.Postgres;

public sealed class PostgresWrites() : WriteCompliance(new PostgresUnderTest());

public sealed class PostgresInputLog() : InputLogCompliance(new PostgresUnderTest());

public sealed class PostgresSnapshots() : SnapshotCompliance(new PostgresUnderTest());

public sealed class PostgresCatalogRows() : CatalogCompliance(new PostgresUnderTest());

public sealed class PostgresResultRows() : ResultsCompliance(new PostgresUnderTest());

public sealed class PostgresContextRows() : ContextCompliance(new PostgresUnderTest());

public sealed class PostgresPlotRows() : PlotCompliance(new PostgresUnderTest());

public sealed class PostgresForecastRows() : ForecastCompliance(new PostgresUnderTest());

public sealed class PostgresSecurityRows() : SecurityCompliance(new PostgresUnderTest());

public sealed class PostgresEvents() : EventLogCompliance(new PostgresUnderTest());

public sealed class PostgresJournal() : JournalCompliance(new PostgresUnderTest());

public sealed class PostgresService() : ServiceCompliance(new PostgresUnderTest());

public sealed class PostgresDocumentRows() : DocumentCompliance(new PostgresUnderTest());
