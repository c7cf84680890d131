using MlActors.Storage.Tests.Compliance;

namespace MlActors.Storage.Tests.Postgres;

[Collection(PostgresServer.Name)]
public sealed class PostgresWrites(PostgresServer server) : WriteCompliance(new PostgresUnderTest(server));

[Collection(PostgresServer.Name)]
public sealed class PostgresInputLog(PostgresServer server) : InputLogCompliance(new PostgresUnderTest(server));

[Collection(PostgresServer.Name)]
public sealed class PostgresSnapshots(PostgresServer server) : SnapshotCompliance(new PostgresUnderTest(server));

[Collection(PostgresServer.Name)]
public sealed class PostgresUpgradeMode(PostgresServer server) : UpgradeCompliance(new PostgresUnderTest(server));

[Collection(PostgresServer.Name)]
public sealed class PostgresCatalogRows(PostgresServer server) : CatalogCompliance(new PostgresUnderTest(server));

[Collection(PostgresServer.Name)]
public sealed class PostgresResultRows(PostgresServer server) : ResultsCompliance(new PostgresUnderTest(server));

[Collection(PostgresServer.Name)]
public sealed class PostgresContextRows(PostgresServer server) : ContextCompliance(new PostgresUnderTest(server));

[Collection(PostgresServer.Name)]
public sealed class PostgresPlotRows(PostgresServer server) : PlotCompliance(new PostgresUnderTest(server));

[Collection(PostgresServer.Name)]
public sealed class PostgresForecastRows(PostgresServer server) : ForecastCompliance(new PostgresUnderTest(server));

[Collection(PostgresServer.Name)]
public sealed class PostgresSecurityRows(PostgresServer server) : SecurityCompliance(new PostgresUnderTest(server));

[Collection(PostgresServer.Name)]
public sealed class PostgresEvents(PostgresServer server) : EventLogCompliance(new PostgresUnderTest(server));

[Collection(PostgresServer.Name)]
public sealed class PostgresJournal(PostgresServer server) : JournalCompliance(new PostgresUnderTest(server));

[Collection(PostgresServer.Name)]
public sealed class PostgresService(PostgresServer server) : ServiceCompliance(new PostgresUnderTest(server));

[Collection(PostgresServer.Name)]
public sealed class PostgresDocumentRows(PostgresServer server) : DocumentCompliance(new PostgresUnderTest(server));

[Collection(PostgresServer.Name)]
public sealed class PostgresAnnotationRows(PostgresServer server) : AnnotationCompliance(new PostgresUnderTest(server));

[Collection(PostgresServer.Name)]
public sealed class PostgresMessageRows(PostgresServer server) : AuditCompliance(new PostgresUnderTest(server));
