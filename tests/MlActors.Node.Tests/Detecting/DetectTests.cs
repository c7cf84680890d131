using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using MlActors.Node.Tests.Support;

namespace MlActors.Node.Tests.Detecting;

public sealed class DetectTests : IDisposable
{
    private readonly DetectProcess _detect = new();

    public void Dispose() => _detect.Dispose();

    [Theory]
    [InlineData("timestamp,value", ",")]
    [InlineData("Date;Temperature", ";")]
    [InlineData("\uFEFFts\tcpu", "\t")]
    public async Task A_table_of_two_columns_needs_no_option(string header, string separator)
    {
        _detect.Write("a.csv", Made.Csv(header, separator));
        var result = await _detect.RunAsync("a.csv");
        result.ExitCode.ShouldBe(0, result.Error);
        WorstRow(result).ShouldContain(Made.Time(Made.Spike)[..^3]);
        WorstRow(result).ShouldMatch(@"^\| [-0-9: ]+ \| +(9\d\.\d|100\.0) \|");
        WorstRow(result).ShouldContain("times higher");
        result.Error.ShouldContain("2,000 records, 2024-01-01 00:00:00 to");
        result.Error.ShouldContain("in buckets of 5m: mean(");
    }

    [Fact]
    public async Task Zipped_JSON_from_standard_input_is_recognised_and_nested_fields_are_found()
    {
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.Fastest)) zip.Write(Encoding.UTF8.GetBytes(Made.Ndjson()));
        var result = await _detect.RunAsync(packed.ToArray(), "-");
        result.ExitCode.ShouldBe(0, result.Error);
        WorstRow(result).ShouldContain(Made.Time(Made.Spike)[..^3]);
        WorstRow(result).ShouldContain("mean(http.ms)");
    }

    [Fact]
    public async Task The_long_form_is_split_by_its_text_column()
    {
        _detect.Write("a.csv", Made.LongForm());
        var result = await _detect.RunAsync("a.csv", "--out", "out.csv");
        result.ExitCode.ShouldBe(0, result.Error);
        WorstRow(result).ShouldContain("mean(value) series=web-1");
        var lines = _detect.Read("out.csv").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[0].ShouldBe("timestamp,partition,actual,typical,lower,upper,probability,record_score,anomaly_score,alert_score");
        lines.Length.ShouldBe(1 + (2 * Made.Rows));
        lines[1].ShouldStartWith("2024-01-01T00:00:00Z,\"db, main\",100");
    }

    [Fact]
    public async Task Unusual_places_are_shown_and_written_as_places()
    {
        _detect.Write("a.csv", "time,place\n" + string.Concat(Enumerable.Range(0, 500).Select(row => $"{Made.Seconds(row)},\"{(row == 400 ? "35.68,139.69" : $"51.{row % 9},-0.1")}\"\n")));
        var result = await _detect.RunAsync("a.csv", "--function", "lat_long", "--value", "place", "--out", "out.csv");
        result.ExitCode.ShouldBe(0, result.Error);
        WorstRow(result).ShouldContain("lat_long(place)");
        WorstRow(result).ShouldContain("35.68,139.69");
        WorstRow(result).ShouldContain("unusual place");
        var lines = _detect.Read("out.csv").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[401].ShouldContain(",\"35.68,139.69\",\"51.");

        (await _detect.RunAsync("a.csv", "--function", "lat_long", "--value", "place", "--out", "out.ndjson")).ExitCode.ShouldBe(0);
        var found = JsonElement.Parse(_detect.Read("out.ndjson").Split('\n')[400]);
        found.GetProperty("actual").ToString().ShouldBe("[35.68,139.69]");
        found.GetProperty("typical").GetArrayLength().ShouldBe(2);
        found.GetProperty("lower").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task Of_a_population_the_member_is_named()
    {
        _detect.Write("a.csv", "time,user,bytes\n" + string.Concat(Enumerable.Range(0, 300).SelectMany(row => Enumerable.Range(0, 20)
            .Select(user => $"{Made.Seconds(row)},user-{user},{(row == 250 && user == 7 ? 90000 : 100 + ((row * 7) + (user * 13)) % 50)}\n"))));
        var result = await _detect.RunAsync("a.csv", "--function", "high_sum", "--value", "bytes", "--over", "user", "--out", "out.csv");
        result.ExitCode.ShouldBe(0, result.Error);
        WorstRow(result).ShouldContain("high_sum(bytes) user=user-7");
        _detect.Read("out.csv").Split('\n')[0].ShouldStartWith("timestamp,over,actual");
    }

    [Fact]
    public async Task A_category_is_shown_by_a_text_of_it()
    {
        _detect.Write("a.csv", "time,message\n" + string.Concat(Enumerable.Range(0, 300).SelectMany(row => Enumerable.Range(0, 6)
            .Select(i => $"{Made.Seconds(row)},{(row == 250 && i == 3 ? "disk failure on volume data" : i % 2 == 0 ? $"session {i} opened for user root" : "connection closed by peer")}\n"))));
        _detect.Write("job.json", """
            {"analysis_config":{"bucket_span":"5m","categorization_field_name":"message","detectors":[{"function":"rare","by_field_name":"mlcategory"}]},
             "data_description":{"time_field":"time","time_format":"epoch"}}
            """);
        var result = await _detect.RunAsync("a.csv", "--job", "job.json");
        result.ExitCode.ShouldBe(0, result.Error);
        WorstRow(result).ShouldContain("rare mlcategory=3");
        result.Output.ShouldContain("mlcategory 3: disk failure on volume data");
    }

    [Fact]
    public async Task Several_columns_of_numbers_become_a_detector_each()
    {
        _detect.Write("a.csv", "time,cpu,memory\n" + string.Concat(Enumerable.Range(0, 500).Select(row => $"{Made.Seconds(row)},{row % 7},{row % 5}\n")));
        var result = await _detect.RunAsync("a.csv", "--out", "out.csv");
        result.Error.ShouldContain("mean(cpu), mean(memory)");
        _detect.Read("out.csv").Split('\n')[1..3].ShouldBe(["2024-01-01T00:00:00Z,mean(cpu),0,,,,,0,0,0", "2024-01-01T00:00:00Z,mean(memory),0,,,,,0,0,0"]);
    }

    [Fact]
    public async Task The_results_have_one_line_for_each_bucket_the_same_in_both_forms()
    {
        _detect.Write("a.csv", Made.Csv());
        (await _detect.RunAsync("a.csv", "--out", "out.csv")).ExitCode.ShouldBe(0);
        (await _detect.RunAsync("a.csv", "--out", "out.ndjson")).ExitCode.ShouldBe(0);
        var table = _detect.Read("out.csv").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var objects = _detect.Read("out.ndjson").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        (table.Length, objects.Length).ShouldBe((1 + Made.Rows, Made.Rows));
        var columns = table[0].Split(',');
        for (var row = 0; row < Made.Rows; row++)
        {
            var cells = table[row + 1].Split(',');
            using var document = JsonDocument.Parse(objects[row]);
            for (var i = 0; i < columns.Length; i++)
                document.RootElement.GetProperty(columns[i]).ToString().ShouldBe(cells[i], $"{columns[i]} of row {row}");
            cells[0].ShouldBe(Made.Time(row).Replace(' ', 'T') + "Z");
            double.Parse(cells[1], CultureInfo.InvariantCulture).ShouldBe(Made.Value(row));
        }
        var spike = table[Made.Spike + 1].Split(',');
        double.Parse(spike[Array.IndexOf(columns, "record_score")], CultureInfo.InvariantCulture).ShouldBeGreaterThan(90);
        double.Parse(spike[Array.IndexOf(columns, "typical")], CultureInfo.InvariantCulture).ShouldBeInRange(60, 140);
    }

    [Fact]
    public async Task A_job_file_says_all_and_is_refused_in_the_words_of_the_server()
    {
        _detect.Write("a.csv", Made.Csv());
        _detect.Write("job.json", """
            {"analysis_config":{"bucket_span":"10m","detectors":[{"function":"high_mean","field_name":"value"}]},
             "data_description":{"time_field":"timestamp","time_format":"yyyy-MM-dd HH:mm:ss"}}
            """);
        var result = await _detect.RunAsync("a.csv", "--job", "job.json");
        result.ExitCode.ShouldBe(0, result.Error);
        result.Error.ShouldContain("in buckets of 10m: high_mean(value)");

        _detect.Write("bad.json", """{"analysis_config":{"detectors":[{"function":"meen","field_name":"value"}]},"data_description":{}}""");
        var refused = await _detect.RunAsync("a.csv", "--job", "bad.json");
        refused.ExitCode.ShouldBe(2);
        refused.Error.ShouldContain("[analysis_config.detectors[0].function] [meen] is not a function: use one of [count,");

        var twice = await _detect.RunAsync("a.csv", "--job", "job.json", "--value", "value");
        (twice.ExitCode, twice.Error.Contains("--value")).ShouldBe((2, true));
    }

    [Fact]
    public async Task A_job_file_may_have_rules_but_none_that_need_filters()
    {
        _detect.Write("a.csv", Made.Csv());
        const string Skip = """{"conditions":[{"applies_to":"actual","operator":"gt","value":400}]}""";
        var (with, without) = (await ScoreAsync(Skip), await ScoreAsync(""));
        without.ShouldBeGreaterThan(90);
        with.ShouldBeLessThan(75);

        WriteJob("""{"scope":{"host":{"filter_id":"safe"}}}""", ""","by_field_name":"host" """);
        var refused = await _detect.RunAsync("a.csv", "--job", "job.json");
        (refused.ExitCode, refused.Error.Contains("[safe]")).ShouldBe((2, true), refused.Error);

        void WriteJob(string rules, string more = "") => _detect.Write("job.json", $$"""
            {"analysis_config":{"bucket_span":"5m","detectors":[{"function":"mean","field_name":"value","custom_rules":[{{rules}}]{{more}} }]},
             "data_description":{"time_field":"timestamp","time_format":"yyyy-MM-dd HH:mm:ss"} }
            """);

        async Task<double> ScoreAsync(string rules)
        {
            WriteJob(rules);
            var result = await _detect.RunAsync("a.csv", "--job", "job.json", "--out", "out.csv");
            result.ExitCode.ShouldBe(0, result.Error);
            var rows = _detect.Read("out.csv").Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var column = Array.IndexOf(rows[0].Split(','), "record_score");
            return rows.Skip(1).Max(row => double.TryParse(row.Split(',')[column], CultureInfo.InvariantCulture, out var score) ? score : 0);
        }
    }

    [Theory]
    [InlineData("a,b\nfoo,bar\n", "a.csv: no column holds times; there are [a, b]")]
    [InlineData("time,v\n2024-01-01 00:00:00,1\n2024-01-01 00:05:00,\"2\n", "a.csv: line 3 is not CSV")]
    [InlineData("", "a.csv: there is nothing in it")]
    [InlineData("time,value\n", "a.csv: there is no record in it")]
    [InlineData("{\"time\":1704067200,\"value\":", "a.csv: there is no record in it")]
    public async Task What_cannot_be_read_ends_with_1_and_says_where(string text, string message)
    {
        _detect.Write("a.csv", text);
        var result = await _detect.RunAsync("a.csv");
        result.ExitCode.ShouldBe(1);
        result.Error.ShouldContain(message);
        result.Error.ShouldNotContain("   at ");
    }

    [Theory]
    [InlineData("there is no column [valeu] (did you mean [value]?); there are [timestamp, value]", "--value", "valeu")]
    [InlineData("[analysis_config.bucket_span] [1.5h] has a fraction: write it in a smaller unit as 90m", "--bucket-span", "1.5h")]
    [InlineData("[x.txt] must end with .csv or .ndjson", "--out", "x.txt")]
    [InlineData("--time: there is no column [when]", "--time", "when")]
    [InlineData("--colour", "--colour", "red")]
    public async Task Options_that_make_no_sense_end_with_2(string message, params string[] options)
    {
        _detect.Write("a.csv", Made.Csv());
        var result = await _detect.RunAsync(["a.csv", .. options]);
        result.ExitCode.ShouldBe(2);
        result.Error.ShouldContain(message);
        result.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Records_that_are_left_out_are_told_with_the_first_of_them()
    {
        var lines = Made.Csv().Split('\n');
        lines[101] = "yesterday,5";
        (lines[201], lines[205]) = (lines[205], lines[201]);
        _detect.Write("a.csv", string.Join('\n', lines));
        var result = await _detect.RunAsync("a.csv");
        result.ExitCode.ShouldBe(0, result.Error);
        result.Error.ShouldContain("1 records without a readable time were left out: the first is in line 102: [yesterday] in column [timestamp]");
        result.Error.ShouldContain("4 of 2,000 records are older than the bucket of a record before them and were left out: sort the input by time");
    }

    [Fact]
    public async Task A_late_record_is_not_in_the_value_of_its_bucket()
    {
        string[] rows = [.. Enumerable.Range(0, 100).Select(row => $"{Made.Seconds(0) + (row * 60)},{row}"), $"{Made.Seconds(0) + 120},100000", $"{Made.Seconds(0) + 6000},5"];
        _detect.Write("a.csv", "time,value\n" + string.Join('\n', rows));
        await _detect.RunAsync("a.csv", "--bucket-span", "10m", "--out", "out.csv");
        _detect.Read("out.csv").Split('\n')[1].ShouldStartWith("2024-01-01T00:00:00Z,4.5,");
    }

    [Fact]
    public async Task What_is_no_record_is_left_out_and_told_and_too_much_of_it_ends_the_run()
    {
        var lines = Made.Ndjson().Split('\n');
        lines[500] = "{\"@timestamp\":";
        var result = await _detect.RunAsync(Encoding.UTF8.GetBytes(string.Join('\n', lines)), "-");
        result.ExitCode.ShouldBe(0, result.Error);
        result.Error.ShouldContain("1 times there was something that is not a JSON object");
        for (var line = 500; line < 700; line++) lines[line] = "{broken";
        var broken = await _detect.RunAsync(Encoding.UTF8.GetBytes(string.Join('\n', lines)), "-");
        broken.ExitCode.ShouldBe(1);
        broken.Error.ShouldContain("standard input: The input JSON data is malformed: 100 records cannot be read, the last one fails at byte");
    }

    // The first row below the header of the table on standard output.
    private static string WorstRow(CommandResult result) => result.Output.Split('\n').First(line => line.Contains("2024-"));
}
