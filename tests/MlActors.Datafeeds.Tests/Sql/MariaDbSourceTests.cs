using MlActors.Datafeeds.Connections;
using MlActors.Datafeeds.Tests.Compliance;
using MlActors.Jobs.Datafeeds.Sources;
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
        $"SELECT from_unixtime({SampleSet.Start / 1000} + seq) AS ts, 'a' AS host, 9223372036854775807 - {row} + CAST(seq AS SIGNED) AS value FROM seq_0_to_1000000 WHERE @start < @end";

    private protected override string Text => "CHAR(20)";

    [Theory]
    [InlineData("CAST('2024-02-29 12:00:05' AS DATETIME)", null)]
    [InlineData("CAST('2024-02-29 12:00:05' AS DATETIME(6))", null)]
    [InlineData("1709208005", "epoch")]
    [InlineData("1709208005.0", "epoch")]
    [InlineData("1709208005000", "epoch_ms")]
    [InlineData("'2024-02-29T12:00:05Z'", "text")]
    public async Task Times_are_read_whatever_their_type(string time, string? parameters) => (await OneAsync(time, "'a'", "1", parameters)).ShouldBe("a 1");

    [Theory]
    [InlineData("CAST(7 AS UNSIGNED)", "CAST(18446744073709551615 AS UNSIGNED)", "7 1.8446744073709552E+19")]
    [InlineData("TRUE", "CAST(1.5 AS DECIMAL(10, 2))", "1 1.5")]
    [InlineData("CAST('2024-02-29' AS DATE)", "CAST(-0.25 AS DOUBLE)", "2024-02-29T00:00:00Z -0.25")]
    [InlineData("'größer'", "CAST(-9223372036854775808 AS SIGNED)", "größer -9.223372036854776E+18")]
    [InlineData("CAST('11:22:33' AS TIME)", "CAST(0.1 AS FLOAT)", "11:22:33 0.1")]
    public async Task Values_are_read_whatever_their_type(string host, string value, string row) =>
        (await OneAsync("CAST('2024-02-29 12:00:05' AS DATETIME)", host, value)).ShouldBe(row);

    [Fact]
    public async Task Times_of_a_TIMESTAMP_column_are_UTC_whatever_the_zone_of_the_server()
    {
        await samples.Server.ExecuteAsync("CREATE OR REPLACE TABLE stamps (ts TIMESTAMP NULL, host VARCHAR(9), value INT)");
        await samples.Server.ExecuteAsync("INSERT INTO stamps VALUES (from_unixtime(1709208005), 'a', 1), ('0000-00-00 00:00:00', 'b', 2)");
        (await Sources.Open(Of("SELECT * FROM stamps WHERE ts >= @start AND ts < @end ORDER BY ts"), Job).RowsAsync(1_709_208_005_000, 1_709_208_005_001)).ShouldBe(["1709208005 a 1"]);
    }

    [Fact]
    public async Task A_statement_that_writes_is_refused_by_the_server()
    {
        await samples.Server.ExecuteAsync("CREATE OR REPLACE TABLE written (n INT)");
        await samples.Server.ExecuteAsync("CREATE OR REPLACE FUNCTION scribble() RETURNS INT BEGIN INSERT INTO written VALUES (1); RETURN 1; END");
        var failure = await Should.ThrowAsync<SourceException>(() => OneAsync("CAST('2024-02-29 12:00:05' AS DATETIME)", "'a'", "scribble()"));
        failure.IsPermanent.ShouldBeTrue(failure.Message);
        failure.Message.ShouldContain("READ ONLY");
    }

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
