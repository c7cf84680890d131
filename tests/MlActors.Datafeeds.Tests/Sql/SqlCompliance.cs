using MlActors.Datafeeds.Paging;
using MlActors.Datafeeds.Sql;
using MlActors.Datafeeds.Tests.Compliance;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Tests.Sql;

/// <summary>What all databases have to do beyond the contract of sources.</summary>
public abstract class SqlCompliance : SourceCompliance
{
    private const long Noon = 1_709_208_000_000; // 2024-02-29 12:00:00

    private protected override DatafeedConfig WrongDatafeed => Of("SELECT ts, hst FROM plain WHERE ts >= @start AND ts < @end ORDER BY ts");

    /// <summary>What a statement fails on only when it comes to the row.</summary>
    private protected abstract string FailsAtRow(int row);

    /// <summary>A statement that takes long before its first row, and uses @start and @end.</summary>
    private protected abstract string Slow { get; }

    private protected override ISourceKind Kind(PageLimits limits) => new SqlKind(limits);

    private protected override DatafeedConfig Datafeed(string connection, SampleSet set) =>
        Reading.Datafeed(new { connection, sql = $"SELECT ts, host, value FROM {set.Name} WHERE ts >= @start AND ts < @end ORDER BY ts" });

    [Theory]
    [InlineData("DELETE FROM plain WHERE ts >= @start AND ts < @end")]
    [InlineData("SELECT ts FROM plain WHERE ts >= @start AND ts < @end; DROP TABLE plain")]
    [InlineData("SELECT ts FROM plain WHERE ts >= @start")]
    [InlineData("SELECT ts FROM plain WHERE ts >= @start -- AND ts < @end")]
    [InlineData("SELECT ts FROM plain WHERE ts >= @starting AND ts < '@end'")]
    public void A_statement_that_cannot_be_right_is_refused(string sql)
    {
        var problems = new ProblemList();
        Sources.Check(Of(sql), Job, problems);
        problems.Has("source.sql").ShouldBeTrue();
    }

    [Fact]
    public async Task Rows_out_of_order_are_refused_with_the_fix()
    {
        var failure = await Should.ThrowAsync<SourceException>(() => Literal((5, "'a'", "1"), (4, "'a'", "2")).PagesAsync(Noon, Noon + 60_000));
        failure.IsPermanent.ShouldBeTrue();
        failure.Message.ShouldContain("ORDER BY ts");
        failure.Message.ShouldContain("12:00:04.000Z after 2024-02-29T12:00:05.000Z");
    }

    [Fact]
    public async Task Rows_outside_the_range_are_left_out_and_end_the_reading()
    {
        (await Literal((1, "'a'", "1"), (2, "'a'", "2"), (3, "'a'", "3"), (4, "'a'", "4")).RowsAsync(Noon + 2000, Noon + 3500))
            .ShouldBe([$"{Noon / 1000 + 2} a 2", $"{Noon / 1000 + 3} a 3"]);
    }

    [Fact]
    public async Task Nulls_and_empty_texts_are_missing_fields_and_a_row_without_a_time_is_only_counted()
    {
        var pages = await Literal((1, "NULL", "1"), (2, "''", "NULL"), (3, "'c'", "'7.5'"), (null, "'d'", "9")).PagesAsync(Noon, Noon + 60_000);
        pages.SelectMany(Reading.Rows).ShouldBe([$"{Noon / 1000 + 1} - 1", $"{Noon / 1000 + 2} - -", $"{Noon / 1000 + 3} c 7.5"]);
        pages.Sum(page => page.Batches.Sum(batch => batch.Input.InvalidDates)).ShouldBe(1);
        pages.Sum(page => page.Batches.Sum(batch => batch.Input.MissingFields)).ShouldBe(3);
        pages.Sum(page => page.Records).ShouldBe(4);
    }

    [Theory]
    [InlineData("SELECT ts, host FROM plain WHERE ts >= @start AND ts < @end ORDER BY ts", "[value]")]
    [InlineData("SELECT ts AS at, host, value FROM plain WHERE ts >= @start AND ts < @end ORDER BY ts", "[ts]")]
    [InlineData("SELECT ts, host, value, value FROM plain WHERE ts >= @start AND ts < @end ORDER BY ts", "[value]")]
    public async Task A_column_that_is_missing_or_doubled_is_named(string sql, string column)
    {
        var failure = await Should.ThrowAsync<SourceException>(() => Sources.Open(Of(sql), Job).PagesAsync(SampleSet.Start, SampleSet.Start + 60_000));
        failure.IsPermanent.ShouldBeTrue();
        failure.Message.ShouldContain(column);
    }

    [Fact]
    public async Task Names_of_columns_may_differ_in_case() =>
        (await Sources.Open(Of("SELECT ts AS TS, host AS HOST, value AS VALUE FROM plain WHERE ts >= @start AND ts < @end ORDER BY ts"), Job).RowsAsync(SampleSet.Plain.From, SampleSet.Plain.To))
            .ShouldBe(SampleSet.Plain.Between(SampleSet.Plain.From, SampleSet.Plain.To));

    [Fact]
    public async Task A_comment_or_a_semicolon_at_the_end_does_no_harm()
    {
        var set = SampleSet.Plain;
        var source = Sources.Open(Of("WITH all_rows AS (SELECT * FROM plain)\nSELECT ts, host, value FROM all_rows WHERE ts >= @start AND ts < @end ORDER BY ts; -- it's all"), Job);
        (await source.RowsAsync(set.From, set.To)).Count.ShouldBe(set.Samples.Count);
        (await source.SummarizeAsync(set.From, set.To, default)).ShouldNotBeNull().Records.ShouldBe(set.Samples.Count);
    }

    [Fact]
    public async Task Pages_are_read_only_when_they_are_asked_for()
    {
        // The row that fails is well after the first page.
        var source = Sources.Open(Of(FailsAtRow(100_000)), Job);
        await using var pages = source.ReadAsync(new SourceRange(SampleSet.Start, SampleSet.Start + 1_000_000_000), default).GetAsyncEnumerator();
        (await pages.MoveNextAsync()).ShouldBeTrue();
        await Should.ThrowAsync<SourceException>(async () =>
        {
            while (await pages.MoveNextAsync())
            {
            }
        });
    }

    [Fact]
    public async Task Rows_outside_of_the_range_are_left_out_as_its_borders_may_be_rounded_for_the_statement()
    {
        var rows = Literal((4, "'a'", "1"), (5, "'a'", "2"), (6, "'a'", "3"));
        (await rows.RowsAsync(Noon + 5000, Noon + 6000)).ShouldBe([$"{Noon / 1000 + 5} a 2"]);
        (await rows.CountAsync(Noon + 5000, Noon + 6000, 1000, default)).ShouldBe([new SourceCount(Noon + 5000, 1)]);
    }

    [Fact]
    public async Task Too_many_rows_of_one_time_are_refused()
    {
        await using var sources = new DatafeedSources(((DatafeedSources)Sources).Set, [Kind(new PageLimits(Records: 16, MostRecords: 30))]);
        var failure = await Should.ThrowAsync<SourceException>(() => sources.Open(Datafeed("good", SampleSet.Crowd), Job).PagesAsync(SampleSet.Crowd.From, SampleSet.Crowd.To));
        failure.IsPermanent.ShouldBeTrue();
        failure.Message.ShouldContain("at most 30 records");
    }

    [Fact]
    public async Task A_statement_that_runs_is_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        var reading = Sources.Open(Of(Slow), Job).PagesAsync(SampleSet.Start, SampleSet.Start + 60_000, cancellation: cancellation.Token);
        cancellation.CancelAfter(TimeSpan.FromMilliseconds(200));
        await Should.ThrowAsync<OperationCanceledException>(() => reading.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task A_statement_that_takes_too_long_is_worth_another_try()
    {
        var failure = await Should.ThrowAsync<SourceException>(() =>
            Sources.Open(Reading.Datafeed(new { connection = "hurried", sql = Slow }), Job).PagesAsync(SampleSet.Start, SampleSet.Start + 60_000).WaitAsync(TimeSpan.FromSeconds(20)));
        failure.IsPermanent.ShouldBeFalse();
        failure.Message.ShouldContain("query-timeout");
    }

    /// <summary>Reads one row of the time <c>2024-02-29 12:00:05</c>, given as an expression; shows its host and value.</summary>
    private protected async Task<string> OneAsync(string time, string host, string value, string? parameters = null, JobConfig? job = null)
    {
        object source = parameters is null ? new { connection = "good", sql = Row() } : new { connection = "good", sql = Row(), parameters };
        var row = (await Sources.Open(Reading.Datafeed(source), job ?? Job).RowsAsync(Noon + 5000, Noon + 5001)).ShouldHaveSingleItem();
        row.ShouldStartWith($"{Noon / 1000 + 5} ");
        return row[(row.IndexOf(' ') + 1)..];

        string Row() => $"SELECT {time} AS ts, {host} AS host, {value} AS value WHERE @start < @end";
    }

    private protected DatafeedConfig Of(string sql) => Reading.Datafeed(new { connection = "good", sql });

    /// <summary>Reads rows that the statement itself consists of; seconds after noon, with their times as texts.</summary>
    private IDatafeedSource Literal(params (int? Second, string Host, string Value)[] rows)
    {
        var selects = rows.Select(row => $"SELECT {(row.Second is { } second ? $"'2024-02-29 12:00:{second:00}'" : "NULL")} AS ts, {row.Host} AS host, CAST({row.Value} AS {Text}) AS value");
        return Sources.Open(Reading.Datafeed(new { connection = "good", sql = string.Join(" UNION ALL ", selects) + Bounds, parameters = "text" }), Reading.Job());
    }

    private protected abstract string Text { get; }

    // Mentions @start and @end without obeying them.
    private protected virtual string Bounds => " UNION ALL SELECT NULL, NULL, NULL WHERE @start > @end";
}
