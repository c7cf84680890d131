using MlActors.Datafeeds.Connections;
using MlActors.Datafeeds.Tests.Compliance;
using MlActors.Servers;

namespace MlActors.Datafeeds.Tests.Sql;

public sealed class MariaDbSamples : IAsyncLifetime
{
    internal MariaDbProcess Server { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await MariaDbProcess.StartAsync("open-sesame-42");
        foreach (var set in SampleSet.All)
        {
            await Server.ExecuteAsync($"CREATE TABLE {set.Name} (ts DATETIME(3), host VARCHAR(40), value DOUBLE)");
            await Server.ExecuteAsync($"INSERT INTO {set.Name} VALUES " + string.Join(',', set.Samples.Select(sample =>
                FormattableString.Invariant($"('{DateTimeOffset.FromUnixTimeMilliseconds(sample.Ms):yyyy-MM-dd HH:mm:ss.fff}', '{sample.Host}', {sample.Value})"))));
        }
    }

    public async Task DisposeAsync() => await Server.DisposeAsync();
}

public sealed class MariaDbSourceTests(MariaDbSamples samples) : SqlCompliance, IClassFixture<MariaDbSamples>
{
    private protected override IEnumerable<ConnectionConfig> Connections =>
    [
        Connection("good", samples.Server.Port),
        Connection("gone", 1),
        Connection("hurried", samples.Server.Port, "200ms"),
    ];

    private protected override string Bounds => " UNION ALL SELECT NULL, NULL, NULL FROM DUAL WHERE @start > @end";

    private protected override string Slow => "SELECT now() AS ts, 'a' AS host, sleep(60) AS value FROM plain WHERE ts >= @start AND ts < @end";

    private protected override string FailsAtRow(int row) =>
        $"SELECT from_unixtime({SampleSet.Start / 1000} + seq) AS ts, 'a' AS host, 9223372036854775807 - {row} + seq AS value FROM seq_0_to_1000000 WHERE @start < @end";

    private static ConnectionConfig Connection(string name, int port, string timeout = "1m") => new(name, new Dictionary<string, string>
    {
        ["type"] = "mariadb",
        ["host"] = "127.0.0.1",
        ["port"] = $"{port}",
        ["database"] = MariaDbProcess.Database,
        ["user"] = MariaDbProcess.User,
        ["password"] = "open-sesame-42",
        ["max-connections"] = "3",
        ["query-timeout"] = timeout,
    });
}
