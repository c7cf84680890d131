using Microsoft.Extensions.Time.Testing;
using MlActors.Datafeeds.Connections;
using MlActors.Datafeeds.Files;
using MlActors.Datafeeds.Paging;
using MlActors.Datafeeds.Tests.Compliance;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Tests.Files;

/// <summary>Files that are written while they are read, and what lies beside them.</summary>
public sealed class GrowingFileTests : IDisposable
{
    private const long Far = 4_000_000_000_000;

    private readonly string _root = Directory.CreateTempSubdirectory("mlactors-growing-").FullName;
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private readonly DatafeedSources _sources;

    public GrowingFileTests()
    {
        var set = ConnectionSet.Read([new("good", new Dictionary<string, string> { ["type"] = "file", ["root"] = _root })], []);
        _sources = new DatafeedSources(set, [new FileKind(_clock, new PageLimits(Records: 16))]);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task What_is_appended_is_read_next_and_a_half_written_line_waits()
    {
        Append("a.csv", "ts,host,value\n1000,x,1\n2000,x,2\n3000,x,");
        var cursor = await Read(null, "1 x 1", "2 x 2");
        Append("a.csv", "33\n4000,y,4\n");
        cursor = await Read(cursor, "3 x 33", "4 y 4");
        await Read(cursor);
    }

    [Fact]
    public async Task A_last_line_without_an_end_is_taken_when_nobody_writes_any_more()
    {
        Append("a.ndjson", """{"ts":1000,"host":"x","value":1}""");
        await Read(null, "a.*", 0, Far, []);
        _clock.Advance(TimeSpan.FromSeconds(31));
        var cursor = await Read(null, "a.*", 0, Far, ["1 x 1"]);
        Append("a.ndjson", "\n{\"ts\":2000,\"host\":\"x\",\"value\":2}\n");
        await Read(cursor, "a.*", 0, Far, ["2 x 2"]);
    }

    [Fact]
    public async Task New_files_follow_the_old_ones()
    {
        Append("a-1.csv", "ts,host,value\n1000,x,1\n");
        var cursor = await Read(null, "1 x 1");
        Append("a-1.csv", "2000,x,2");
        Append("a-2.csv", "ts,value,host\n3000,3,x\n");
        cursor = await Read(cursor, "2 x 2", "3 x 3");
        File.Delete(Path.Combine(_root, "a-1.csv"));
        File.Delete(Path.Combine(_root, "a-2.csv"));
        Append("a-3.csv", "ts,value,host\n4000,4,x\n");
        await Read(cursor, "4 x 4");
    }

    [Fact]
    public async Task A_record_that_comes_late_is_given_as_it_stands_there_unless_it_is_before_the_start()
    {
        Append("a.csv", "ts,host,value\n4000,x,4\n5000,x,5\n");
        var cursor = await Read(null, from: 2000, to: Far, "4 x 4", "5 x 5");
        Append("a.csv", "3000,x,3\n1000,x,1\n6000,x,6\n");
        await Read(cursor, from: 5001, to: Far, "3 x 3", "6 x 6");
    }

    [Fact]
    public async Task A_reading_ends_at_the_end_of_its_range_and_the_next_goes_on_there()
    {
        Append("a.csv", "ts,host,value\n1000,x,1\n1500,x,2\n2000,x,3\n1700,x,4\n");
        var cursor = await Read(null, from: 0, to: 2000, "1 x 1", "1 x 2");
        await Read(cursor, from: 2000, to: Far, "2 x 3", "1 x 4");
    }

    [Fact]
    public async Task The_next_range_goes_on_where_the_last_one_ended_also_when_only_its_time_is_known()
    {
        Append("a.csv", "ts,host,value\n1000,x,1\n5000,x,2\n3000,late,3\n");
        var source = Open("a.csv");
        (await source.RowsAsync(0, 4000)).ShouldBe(["1 x 1"]);
        (await source.RowsAsync(4000, 4500)).ShouldBeEmpty();
        (await source.RowsAsync(4500, Far)).ShouldBe(["5 x 2", "3 late 3"]);
    }

    [Theory]
    [InlineData("1700000000000/1/17")]
    [InlineData("1 2 3 4 5 b.csv")]
    public async Task A_cursor_of_something_else_is_none(string cursor)
    {
        Append("a.csv", "ts,host,value\n1000,x,1\n5000,x,2\n");
        await Read(cursor, from: 5000, to: Far, "5 x 2");
    }

    [Theory]
    [InlineData("ts,host,value\n1000,x,1\n")]
    [InlineData("ts,host,value\n9000,z,9\n9500,z,9\n9600,z,9\n")]
    public async Task A_file_that_was_cut_or_replaced_is_an_error_that_says_what_to_do(string after)
    {
        Append("a.csv", "ts,host,value\n1000,x,1\n2000,x,2\n");
        var cursor = await Read(null, "1 x 1", "2 x 2");
        await File.WriteAllTextAsync(Path.Combine(_root, "a.csv"), after);
        var failure = await Should.ThrowAsync<SourceException>(() => Read(cursor));
        failure.IsPermanent.ShouldBeTrue();
        failure.Message.ShouldContain("replaced or cut");
    }

    [Fact]
    public async Task What_is_no_record_is_counted_and_passed_over()
    {
        Append("a.ndjson", "{\"ts\":1000,\"host\":\"x\",\"value\":1}\nnonsense\n\n{\"host\":\"x\"}\n{\"ts\":2000,\"host\":\"x\"}\n");
        var pages = await Open("a.ndjson").PagesAsync(0, Far);
        pages.SelectMany(Reading.Rows).ShouldBe(["1 x 1", "2 x -"]);
        pages.Sum(page => page.Batches.Sum(batch => batch.Input.InvalidDates)).ShouldBe(2);
        pages.Sum(page => page.Records).ShouldBe(4);
    }

    [Fact]
    public async Task Cells_may_have_quotes_delimiters_and_line_breaks_in_them()
    {
        Append("a.csv", "\uFEFFts\thost\tvalue\n1000\t\"a\t\"\"b\"\"\nc\"\t1\n2000\t5\"\" disk\t2\n3000\t\"\"\t\n4000\n");
        await Read(null, "1 a\t\"b\"\nc 1", "2 5\"\" disk 2", "3 - -", "4 - -");
    }

    [Theory]
    [InlineData("../secret.csv")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../secret.csv")]
    [InlineData("a//b.csv")]
    [InlineData(@"..\secret.csv")]
    [InlineData("")]
    public void A_path_that_leads_out_of_the_folder_is_refused(string path)
    {
        var problems = new ProblemList();
        _sources.Check(Reading.Datafeed(new { connection = "good", path }), Reading.Job(), problems);
        problems.Has("source.path").ShouldBeTrue();
    }

    [Fact]
    public async Task Links_are_not_followed()
    {
        var outside = Directory.CreateTempSubdirectory("mlactors-outside-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(outside, "a.csv"), "ts,host,value\n1000,secret,1\n");
            File.CreateSymbolicLink(Path.Combine(_root, "a.csv"), Path.Combine(outside, "a.csv"));
            Directory.CreateSymbolicLink(Path.Combine(_root, "folder"), outside);
            foreach (var path in new[] { "a.csv", "*.csv", "folder/a.csv", "*/*.csv" })
                (await Should.ThrowAsync<SourceException>(() => Open(path).PagesAsync(0, Far))).Message.ShouldContain("there is no file");
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
        }
    }

    [Fact]
    public async Task Files_of_several_folders_are_read_in_the_order_of_their_paths()
    {
        foreach (var (folder, second) in new[] { ("day-2", 2), ("day-1", 1), ("other", 3) })
        {
            Directory.CreateDirectory(Path.Combine(_root, folder));
            Append($"{folder}/x.csv", $"ts,host,value\n{second}000,x,{second}\n");
        }
        await Read(null, "day-?/*.csv", 0, Far, ["1 x 1", "2 x 2"]);
    }

    [Fact]
    public async Task A_compressed_file_that_is_cut_short_is_tried_again()
    {
        var whole = new MemoryStream();
        await using (var gzip = new System.IO.Compression.GZipStream(whole, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
            await gzip.WriteAsync("ts,host,value\n1000,x,1\n2000,x,2\n"u8.ToArray());
        await File.WriteAllBytesAsync(Path.Combine(_root, "a.csv.gz"), whole.ToArray()[..^12]);
        var failure = await Should.ThrowAsync<SourceException>(() => Open("a.csv.gz").PagesAsync(0, Far));
        failure.IsPermanent.ShouldBeFalse();
        failure.Message.ShouldContain("not written to its end");
    }

    private IDatafeedSource Open(string path) => _sources.Open(Reading.Datafeed(new { connection = "good", path }), Reading.Job());

    private Task<string?> Read(string? cursor, params string[] rows) => Read(cursor, "a*.csv", 0, Far, rows);

    private Task<string?> Read(string? cursor, long from, long to, params string[] rows) => Read(cursor, "a*.csv", from, to, rows);

    private async Task<string?> Read(string? cursor, string path, long from, long to, string[] rows)
    {
        var pages = await Open(path).PagesAsync(from, to, cursor);
        pages.SelectMany(page => page.Batches).SelectMany(batch => Enumerable.Range(0, batch.Count).Select(row => Reading.Show(batch, row))).ShouldBe(rows);
        return pages.Count == 0 ? cursor : pages[^1].Cursor;
    }

    private void Append(string name, string text) => File.AppendAllText(Path.Combine(_root, name), text);
}
