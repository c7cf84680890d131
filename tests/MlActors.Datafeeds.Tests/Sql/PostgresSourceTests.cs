using MlActors.Datafeeds.Connections;
using MlActors.Datafeeds.Tests.Compliance;
using MlActors.Jobs.Datafeeds.Sources;
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

    [Theory]
    [InlineData("timestamptz '2024-02-29 12:00:05+00'", null)]
    [InlineData("timestamp '2024-02-29 12:00:05'", null)]
    [InlineData("timestamptz '2024-02-29 12:00:05.000999+00'", null)]
    [InlineData("1709208005", "epoch")]
    [InlineData("1709208005::double precision", "epoch")]
    [InlineData("1709208005.0004::numeric", "epoch")]
    [InlineData("1709208005000", "epoch_ms")]
    [InlineData("1709208005000", null)]
    [InlineData("'2024-02-29T14:00:05+02:00'", "text")]
    [InlineData("'2024-02-29 12:00:05'", "text")]
    public async Task Times_are_read_whatever_their_type(string time, string? parameters) => (await OneAsync(time, "'a'", "1", parameters)).ShouldBe("a 1");

    [Fact]
    public async Task Times_in_texts_are_read_as_the_job_says() =>
        (await OneAsync("'29/02/2024 12.00.05'", "'a'", "1", "text", Reading.Job(timeFormat: "dd/MM/yyyy HH.mm.ss"))).ShouldBe("a 1");

    [Fact]
    public async Task Dates_are_midnight() =>
        (await Sources.Open(Of("SELECT date '2024-02-29' AS ts, 'a' AS host, 1 AS value WHERE @start < @end"), Job).RowsAsync(1_709_164_800_000, 1_709_164_800_001)).ShouldHaveSingleItem();

    [Theory]
    [InlineData("7::smallint", "1234567890123456789012345678::numeric", "7 1.2345678901234569E+27")]
    [InlineData("true", "'NaN'::numeric", "true -")]
    [InlineData("date '2024-02-29'", "'Infinity'::double precision", "2024-02-29T00:00:00Z -")]
    [InlineData("'größer'", "-9223372036854775808", "größer -9.223372036854776E+18")]
    [InlineData("'6a2f41a3-c54c-fce8-32d2-0324e1c32e22'::uuid", "0.1::real", "6a2f41a3-c54c-fce8-32d2-0324e1c32e22 0.1")]
    [InlineData("timestamp '2024-02-29 12:00:00.25'", "'7.5'::text", "2024-02-29T12:00:00.25Z 7.5")]
    [InlineData("'10.0.0.1'::inet", "1::bigint", "10.0.0.1 1")]
    [InlineData("'{\"a\":1}'::jsonb", "0.000001::numeric", "{\"a\": 1} 1E-06")]
    [InlineData("'x'::char(3)", "1e300::double precision", "x   1E+300")]
    [InlineData("''::varchar(3)", "''::text", "- -")]
    [InlineData("null::text", "'1'::varchar", "- 1")]
    public async Task Values_are_read_whatever_their_type(string host, string value, string row) =>
        (await OneAsync("timestamptz '2024-02-29 12:00:05+00'", host, value)).ShouldBe(row);

    [Theory]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(100_000)]
    public async Task Texts_of_any_length_are_read_and_none_is_mixed_with_the_one_before(int length)
    {
        var rows = await Sources.Open(Of($"""
            SELECT timestamptz '2024-02-29 12:00:05+00' AS ts, host, 1 AS value FROM (VALUES ('a'), (repeat('ä', {length})), (NULL), ('b'), (repeat('c', {length}))) AS texts (host)
            WHERE @start < @end
            """), Job).RowsAsync(1_709_208_005_000, 1_709_208_005_001);
        rows.Select(row => row.Split(' ')[1]).ShouldBe(["a", new string('ä', length), "-", "b", new string('c', length)], ignoreOrder: true);
    }

    [Fact]
    public async Task A_type_that_is_no_field_is_named_with_its_column()
    {
        var failure = await Should.ThrowAsync<SourceException>(() => OneAsync("timestamptz '2024-02-29 12:00:05+00'", "ARRAY['a', 'b']", "1"));
        failure.IsPermanent.ShouldBeTrue();
        failure.Message.ShouldContain("column [host] has the type [text[]]");
    }

    [Fact]
    public async Task A_decimal_number_that_is_too_long_is_refused_with_the_fix()
    {
        var failure = await Should.ThrowAsync<SourceException>(() => OneAsync("timestamptz '2024-02-29 12:00:05+00'", "'a'", "123456789012345678901234567890.5::numeric"));
        failure.IsPermanent.ShouldBeTrue();
        failure.Message.ShouldContain("cast it to double precision");
    }

    [Fact]
    public async Task A_statement_that_writes_is_refused_by_the_server()
    {
        await samples.Server.ExecuteAsync("CREATE TABLE IF NOT EXISTS written (n int); " +
            "CREATE OR REPLACE FUNCTION scribble() RETURNS int LANGUAGE sql AS $$ INSERT INTO written VALUES (1) RETURNING n $$");
        var failure = await Should.ThrowAsync<SourceException>(() => OneAsync("timestamptz '2024-02-29 12:00:05+00'", "'a'", "scribble()"));
        failure.IsPermanent.ShouldBeTrue(failure.Message);
        failure.Message.ShouldContain("read-only");
    }

    [Fact]
    public async Task Times_of_the_wrong_form_are_refused_with_the_fix()
    {
        var failure = await Should.ThrowAsync<SourceException>(() => Sources.Open(Of("SELECT * FROM (VALUES (1, 'a', 1)) AS v (ts, host, value) WHERE ts >= @start AND ts < @end"), Job).PagesAsync(0, 1));
        failure.IsPermanent.ShouldBeTrue();
        failure.Message.ShouldContain("source.parameters");
    }

    [Fact]
    public async Task A_row_that_comes_late_is_not_read_again_but_counted()
    {
        await samples.Server.ExecuteAsync("DROP TABLE IF EXISTS late; CREATE TABLE late (ts timestamptz, host text, value float); INSERT INTO late VALUES ('2024-02-29 12:00:05Z', 'a', 1)");
        var source = Sources.Open(Of("SELECT * FROM late WHERE ts >= @start AND ts < @end ORDER BY ts"), Job);
        var page = (await source.PagesAsync(0, 4_000_000_000_000)).ShouldHaveSingleItem();
        await samples.Server.ExecuteAsync("INSERT INTO late VALUES ('2024-02-29 12:00:01Z', 'a', 2)");
        (await source.PagesAsync(page.NextMs, 4_000_000_000_000)).ShouldBeEmpty();
        (await source.CountAsync(0, 4_000_000_000_000, 60_000, default)).ShouldBe([new SourceCount(1_709_208_000_000, 2)]);
    }

    [Fact]
    public async Task A_wrong_password_is_not_tried_again_and_not_shown()
    {
        var problems = new List<string>();
        var set = ConnectionSet.Read([Connection("wrong", samples.Server.Port, password: "guessed-wrong")], problems);
        await using var sources = DatafeedsHosting.Create(set);
        var probed = await sources.ProbeAsync("wrong", default);
        probed.ShouldNotBeNull().ShouldContain("password authentication failed");
        probed.ShouldNotContain("guessed-wrong");
    }

    private static ConnectionConfig Connection(string name, int port, string timeout = "1m", string password = "open-sesame-42") => new(name, new Dictionary<string, string>
    {
        ["type"] = "postgresql",
        ["host"] = "127.0.0.1",
        ["port"] = $"{port}",
        ["database"] = "postgres",
        ["user"] = PostgresProcess.User,
        ["password"] = password,
        ["max-connections"] = "3",
        ["query-timeout"] = timeout,
    });
}
