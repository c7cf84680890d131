using System.Text.Json;
using AngleSharp.Html.Parser;
using MlActors.Node.Tests.Support;

namespace MlActors.Node.Tests.Detecting;

public sealed class ReportTests : IDisposable
{
    private readonly DetectProcess _detect = new();

    public void Dispose() => _detect.Dispose();

    [Fact]
    public async Task The_report_is_one_page_of_valid_HTML_that_refers_to_nothing_outside()
    {
        _detect.Write("a.csv", Made.Csv());
        (await _detect.RunAsync("a.csv", "--report", "report.html")).ExitCode.ShouldBe(0);
        var page = _detect.Read("report.html");
        var problems = new List<string>();
        var parser = new HtmlParser(new HtmlParserOptions { IsKeepingSourceReferences = true });
        parser.Error += (_, problem) => problems.Add(((AngleSharp.Html.Dom.Events.HtmlErrorEvent)problem).Message);
        using var document = parser.ParseDocument(page);
        problems.ShouldBeEmpty();
        page.ShouldNotContain("http:");
        page.ShouldNotContain("https:");
        document.QuerySelectorAll("[src], [href], link, iframe, object, img").ShouldBeEmpty();
        page.ShouldContain("prefers-color-scheme: dark");
    }

    [Fact]
    public async Task The_report_holds_the_series_the_anomalies_and_a_lane_for_each_partition()
    {
        _detect.Write("a.csv", Made.LongForm());
        (await _detect.RunAsync("a.csv", "--report", "report.html")).ExitCode.ShouldBe(0);
        using var data = Data();
        var root = data.RootElement;
        root.GetProperty("records").GetInt64().ShouldBe(2 * Made.Rows);
        var series = root.GetProperty("series")[0];
        series.GetProperty("name").GetString().ShouldBe("mean(value) series=web-1");
        series.GetProperty("t").GetArrayLength().ShouldBe(Made.Rows);
        series.GetProperty("v").EnumerateArray().Max(value => value.GetDouble()).ShouldBe(500);
        var worst = root.GetProperty("anomalies")[0];
        worst.GetProperty("t").GetInt64().ShouldBe(Made.Seconds(Made.Spike));
        worst.GetProperty("series").GetInt32().ShouldBe(0);
        var lanes = root.GetProperty("lanes").EnumerateArray().ToDictionary(lane => lane.GetProperty("name").GetString()!, lane => lane.GetProperty("scores"));
        lanes.Keys.ShouldContain("overall");
        var (lane, width) = (lanes["series=web-1"], root.GetProperty("laneWidth").GetInt64());
        lane[(int)((Made.Seconds(Made.Spike) - root.GetProperty("start").GetInt64()) / width)].GetDouble().ShouldBeGreaterThan(90);
    }

    [Fact]
    public async Task A_long_series_is_thinned_out_without_losing_its_peaks()
    {
        const int rows = 50_000;
        const int spike = 33_333;
        _detect.Write("a.csv", "time,value\n" + string.Concat(Enumerable.Range(0, rows).Select(row => $"{Made.Seconds(row)},{(row == spike ? 900 : row == spike + 7000 ? -900 : row * 7919 % 13)}\n")));
        (await _detect.RunAsync("a.csv", "--report", "report.html")).ExitCode.ShouldBe(0);
        using var data = Data();
        var series = data.RootElement.GetProperty("series")[0];
        var (times, values) = (series.GetProperty("t").EnumerateArray().Select(t => t.GetInt64()).ToArray(), series.GetProperty("v").EnumerateArray().Select(v => v.GetDouble()).ToArray());
        times.Length.ShouldBeInRange(1000, 4000);
        times.ShouldBe(times.Order());
        values[Array.IndexOf(times, Made.Seconds(spike))].ShouldBe(900);
        values[Array.IndexOf(times, Made.Seconds(spike + 7000))].ShouldBe(-900);
    }

    [Fact]
    public async Task Text_of_the_data_cannot_become_markup()
    {
        const string evil = "</script><script>alert(1)</script><!--";
        _detect.Write("a.csv", "time,series,value\n" + string.Concat(Enumerable.Range(0, 400).Select(row => $"{Made.Seconds(row)},{(row % 2 == 0 ? evil : "b")},{Made.Value(row)}\n")));
        (await _detect.RunAsync("a.csv", "--report", "report.html")).ExitCode.ShouldBe(0);
        using var document = new HtmlParser().ParseDocument(_detect.Read("report.html"));
        document.Scripts.Length.ShouldBe(2);
        using var data = Data();
        data.RootElement.GetProperty("series").EnumerateArray().Select(series => series.GetProperty("name").GetString()).ShouldContain($"mean(value) series={evil}");
    }

    private JsonDocument Data()
    {
        using var document = new HtmlParser().ParseDocument(_detect.Read("report.html"));
        return JsonDocument.Parse(document.GetElementById("data")!.TextContent);
    }
}
