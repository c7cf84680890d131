using MlActors.Gateway.Cat;
using MlActors.Gateway.Tests.Serving;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Gateway.Tests.Cat;

public sealed class CatTests : IAsyncLifetime
{
    private const string Path = "/_cat/ml/anomaly_detectors";
    private GatewayServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await GatewayServer.StartAsync();
        await _server.PutJobAsync("a", status: s =>
            s with { Counts = new() { ProcessedRecords = 5 }, Size = new() { ModelBytes = 1_600_000 }, Timing = new() { TotalMs = 1500 } });
        await _server.PutJobAsync("bb", JobState.Failed, status: s => s with { State = JobState.Failed, Counts = new() { ProcessedRecords = 1234 } });
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task The_table_is_aligned_text_with_the_default_columns()
    {
        var answer = await _server.GetAsync(Path + "?v");
        answer.ContentType.ShouldBe("text/plain; charset=UTF-8");
        answer.Text.ShouldBe(
            """
            id state  data.processed_records model.bytes model.memory_status forecasts.total buckets.count
            a  closed                      5       1.5mb ok                                0             0
            bb failed                   1234          0b ok                                0             0

            """.ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData("?h=id,s", "a  closed\nbb failed\n")]
    [InlineData("?h=s,id&s=dpr:desc", "failed bb\nclosed a\n")]
    [InlineData("?h=id,mb&bytes=kb", "a  1562\nbb    0\n")]
    [InlineData("?h=id,btt", "a  1.5s\nbb  0ms\n")]
    [InlineData("?h=id,btt&time=ms", "a  1500\nbb    0\n")]
    [InlineData("/b*?h=data.processed_r*", "1234\n")]
    public async Task Columns_order_and_units_can_be_chosen(string rest, string expected) => (await _server.GetAsync(Path + rest)).Text.ShouldBe(expected);

    [Theory]
    [InlineData("?format=json&h=id,ot", null)]
    [InlineData("?h=id,ot", "application/json")]
    public async Task The_table_can_be_json(string query, string? accept)
    {
        var answer = accept is null ? await _server.GetAsync(Path + query) : await _server.SendAsync("GET", Path + query, headers: ("Accept", accept));
        answer.ContentType.ShouldBe("application/json");
        answer.Text.ShouldBe("""[{"id":"a","opened_time":null},{"id":"bb","opened_time":null}]""");
    }

    [Theory]
    [InlineData("?format=yaml", "[yaml]")]
    [InlineData("?h=id,stat", "did you mean [state]?")]
    [InlineData("?s=id:up", "[up]")]
    [InlineData("?bytes=kib", "[kib]")]
    [InlineData("?time=weeks", "[weeks]")]
    public async Task What_the_table_cannot_do_is_refused_by_name(string query, string part) =>
        (await _server.GetAsync(Path + query)).ShouldBeError(400, "illegal_argument_exception", part);

    [Fact]
    public async Task The_help_lists_every_column()
    {
        var help = (await _server.GetAsync(Path + "?help")).Text;
        foreach (var column in CatColumns.All) help.ShouldContain(column.Name + " ");
    }

    [Fact]
    public async Task An_unknown_job_is_an_error_in_json() =>
        (await _server.GetAsync(Path + "/nope")).ShouldBeError(404, "resource_not_found_exception", "[nope]");

    [Fact]
    public void No_two_columns_share_a_name()
    {
        var names = CatColumns.All.SelectMany(column => column.Aliases.Append(column.Name)).ToList();
        names.GroupBy(name => name).Where(group => group.Count() > 1).Select(group => group.Key).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0, "0b")]
    [InlineData(1023, "1023b")]
    [InlineData(1024, "1kb")]
    [InlineData(1_600_000, "1.5mb")]
    [InlineData(1L << 50, "1pb")]
    public void Sizes_are_cut_to_one_decimal(long bytes, string expected) => CatUnits.HumanBytes(bytes).ShouldBe(expected);
}
