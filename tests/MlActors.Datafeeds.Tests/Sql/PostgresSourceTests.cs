using MlActors.Datafeeds.Connections;
using MlActors.Datafeeds.Tests.Compliance;
using MlActors.Servers;

namespace MlActors.Datafeeds.Tests.Sql;

public sealed class PostgresSamples : IAsyncLifetime
{
    internal PostgresProcess Server { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Server = await PostgresProcess.StartAsync("open-sesame-42");
        foreach (var set in SampleSet.All)
        {
            await Server.ExecuteAsync($"CREATE TABLE {set.Name} (ts timestamptz, host text, value double precision)");
            await Server.ExecuteAsync($"INSERT INTO {set.Name} VALUES " + string.Join(',', set.Samples.Select(sample =>
                FormattableString.Invariant($"(to_timestamp({sample.Ms / 1000}), '{sample.Host}', {sample.Value})"))));
        }
    }

    public async Task DisposeAsync() => await Server.DisposeAsync();
}

public sealed class PostgresSourceTests(PostgresSamples samples) : SqlCompliance, IClassFixture<PostgresSamples>
{
    private protected override IEnumerable<ConnectionConfig> Connections =>
    [
        Connection("good", samples.Server.Port),
        Connection("gone", 1),
        Connection("hurried", samples.Server.Port, "200ms"),
    ];

    private protected override string Text => "text";

    private protected override string Slow => "SELECT now() AS ts, 'a' AS host, 1 AS value FROM pg_sleep(60) WHERE @start < @end";

    private protected override string FailsAtRow(int row) =>
        $"SELECT to_timestamp({SampleSet.Start / 1000} + i) AS ts, 'a' AS host, 1 / ({row} - i) AS value FROM generate_series(0, {row}) i WHERE @start < @end";

    private static ConnectionConfig Connection(string name, int port, string timeout = "1m") => new(name, new Dictionary<string, string>
    {
        ["type"] = "postgresql",
        ["host"] = "127.0.0.1",
        ["port"] = $"{port}",
        ["database"] = "postgres",
        ["user"] = PostgresProcess.User,
        ["password"] = "open-sesame-42",
        ["max-connections"] = "3",
        ["query-timeout"] = timeout,
    });
}
