using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using MlActors.Datafeeds.Tests.Serving;
using MlActors.Servers;

namespace MlActors.Datafeeds.Tests.Examples;

/// <summary>Carries out the examples of docs/users/datafeeds.md as they stand there; only addresses and secrets are those of the test.</summary>
public sealed class ExamplesTests : IAsyncLifetime
{
    private const string Password = "open-sesame-42";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly string Text = File.ReadAllText(SourcesPageTests.Place("docs/users/datafeeds.md"));

    private readonly ExamplePage _page = new(Text);
    private readonly string _folder = Directory.CreateTempSubdirectory("mlactors-examples-").FullName;
    private readonly RunningServer _server = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task An_index()
    {
        await _server.StartAsync();
        await _server.PutAsync("web-2024-03", ExampleData.Series("a", "b", TimeSpan.FromMinutes(3)).Select(at =>
            new Dictionary<string, object> { ["@timestamp"] = at.Time, ["host"] = at.Name, ["took"] = 100 * at.Level * (at.IsBroken ? 6 : 1) }));
        await FindsAsync("From past data to results", "by_field_value", "b");
    }

    [Fact]
    public async Task A_table_of_PostgreSQL()
    {
        await using var postgres = await PostgresProcess.StartAsync(Password);
        await OrdersAsync(postgres.ExecuteAsync, "timestamptz");
        await _server.StartAsync(Configuration("A database", $"shop {{ host = 127.0.0.1, port = {postgres.Port}, database = postgres, password-file = \"{await SecretAsync()}\" }}"));
        await FindsAsync("A database", "partition_field_value", "DE");
    }

    [Fact]
    public async Task A_table_of_MariaDB()
    {
        await using var mariadb = await MariaDbProcess.StartAsync(Password);
        await OrdersAsync(mariadb.ExecuteAsync, "DATETIME");
        await _server.StartAsync(Configuration("A database",
            $"shop {{ type = mariadb, host = 127.0.0.1, port = {mariadb.Port}, database = {MariaDbProcess.Database}, password-file = \"{await SecretAsync()}\" }}"));
        await FindsAsync("A database", "partition_field_value", "DE");
    }

    [Fact]
    public async Task A_table_of_SQLite()
    {
        var path = Path.Combine(_folder, "shop.db");
        await OrdersAsync(async sql =>
        {
            await using var connection = new SqliteConnection($"Data Source={path};Pooling=false");
            await connection.OpenAsync();
            await using var command = new SqliteCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }, "text");
        const string shown = "shop { type = sqlite, path = \"/var/lib/shop/shop.db\" }";
        Text.ShouldContain($"`{shown}`");
        await _server.StartAsync($"mlactors.connections {{ {shown.Replace("/var/lib/shop/shop.db", path, StringComparison.Ordinal)} }}");
        await FindsAsync("A database", "partition_field_value", "DE");
    }

    [Fact]
    public async Task Prometheus()
    {
        var (samples, totals) = (new StringWriter(CultureInfo.InvariantCulture), new Dictionary<string, double>());
        samples.Write("# TYPE http_requests counter\n");
        foreach (var series in ExampleData.Series("/", "/search", TimeSpan.FromMinutes(1)).GroupBy(at => at.Name))
        {
            foreach (var at in series)
            {
                var total = totals[at.Name] = totals.GetValueOrDefault(at.Name) + (600 * at.Level * (at.IsBroken ? 5 : 1));
                samples.Write($"http_requests_total{{handler=\"{at.Name}\",instance=\"one\"}} {total} {at.Time.ToUnixTimeSeconds()}\n");
            }
        }
        samples.Write("# EOF\n");
        await using var prometheus = await PrometheusProcess.StartAsync(samples.ToString());
        await _server.StartAsync(Configuration("Prometheus", $"metrics {{ url = \"{prometheus.Url}\", user = {PrometheusProcess.User}, password = \"{PrometheusProcess.Password}\" }}"));
        await FindsAsync("Prometheus", "by_field_value", "/search");
    }

    [Fact]
    public async Task Elasticsearch()
    {
        await _server.StartAsync(Configuration("Elasticsearch or OpenSearch", $"cluster {{ url = \"{_server.Url}\", api-key-file = \"{await SecretAsync()}\" }}"));
        await _server.PutAsync("logs-2024-03", ExampleData.Series("cart", "checkout", TimeSpan.FromMinutes(5)).SelectMany(at => Enumerable.Range(0, (int)(4 * at.Level * (at.IsBroken ? 8 : 1)))
            .Select(n => new Dictionary<string, object> { ["@timestamp"] = at.Time.AddSeconds(n), ["service"] = at.Name, ["status"] = n % 4 == 3 ? 200 : 502 })));
        await FindsAsync("Elasticsearch or OpenSearch", "partition_field_value", "checkout");
    }

    [Fact]
    public async Task Files()
    {
        foreach (var day in ExampleData.Series("cellar", "server room", TimeSpan.FromMinutes(5)).GroupBy(at => at.Time.Date))
            await File.WriteAllTextAsync(Path.Combine(_folder, $"climate-{day.Key:yyyy-MM-dd}.csv"), "time,room,celsius\n" + string.Concat(day.Select(at =>
                FormattableString.Invariant($"{at.Time.ToUnixTimeSeconds()},{at.Name},{18 + (3 * at.Level) + (at.IsBroken ? 9 : 0):0.0}\n"))));
        await _server.StartAsync(Configuration("Files", $"climate {{ root = \"{_folder}\" }}"));
        await FindsAsync("Files", "partition_field_value", "server room");
    }

    /// <summary>A table of orders; while it is broken, nobody in Germany can order.</summary>
    private static async Task OrdersAsync(Func<string, Task> execute, string timeType)
    {
        await execute($"CREATE TABLE orders (placed_at {timeType}, country varchar(2))");
        var orders = ExampleData.Series("FR", "DE", TimeSpan.FromHours(1)).Where(at => !at.IsBroken)
            .SelectMany(at => Enumerable.Range(0, (int)(20 * at.Level)).Select(n => $"('{at.Time.AddMinutes(2 * n):yyyy-MM-dd HH:mm:ss}', '{at.Name}')"));
        foreach (var rows in orders.Chunk(5000)) await execute($"INSERT INTO orders VALUES {string.Join(',', rows)}");
    }

    private string Configuration(string section, string instead)
    {
        var shown = _page.ConfigurationIn(section);
        shown.ShouldContain("mlactors.connections");
        return $"{shown}\nmlactors.connections {{ {instead} }}";
    }

    private async Task<string> SecretAsync()
    {
        var path = Path.Combine(_folder, "secret");
        await File.WriteAllTextAsync(path, Password);
        return path;
    }

    /// <summary>Carries out a section, and the requests that are the same for all, and looks at the highest record.</summary>
    private async Task FindsAsync(string section, string field, string broken)
    {
        var create = _page.RequestsIn(section)[0];
        var id = create.Path.Split('/')[^1];
        create.Path.ShouldBe($"/_ml/anomaly_detectors/{id}");
        await _server.SendAsync(create.Method, create.Path, create.Body);

        ExampleRequest[] common = [.. _page.RequestsIn("From past data to results").Skip(1)
            .Select(request => request with { Path = request.Path.Replace("/web/", $"/{id}/", StringComparison.Ordinal) })];
        common.Select(request => request.Path.Split('?')[0].Split('/')[^1]).ShouldBe(["_preview", "_open", "_start", "records"]);
        (await SendAsync(common[0])).GetArrayLength().ShouldBeGreaterThan(0);
        foreach (var request in common[1..3]) await SendAsync(request);
        await ClosedAsync(id);

        var record = (await SendAsync(common[3])).GetProperty("records").EnumerateArray().ShouldHaveSingleItem();
        record.GetProperty(field).GetString().ShouldBe(broken, record.ToString());
        record.GetProperty("record_score").GetDouble().ShouldBeGreaterThan(75, record.ToString());
        DateTimeOffset.FromUnixTimeMilliseconds(record.GetProperty("timestamp").GetInt64()).ShouldBeInRange(ExampleData.Broken, ExampleData.Mended, record.ToString());
    }

    private Task<JsonElement> SendAsync(ExampleRequest request) => _server.SendAsync(request.Method, request.Path, request.Body);

    private async Task ClosedAsync(string id)
    {
        for (var began = TimeProvider.System.GetTimestamp(); ; await Task.Delay(TimeSpan.FromMilliseconds(50)))
        {
            var job = (await _server.SendAsync("GET", $"/_ml/anomaly_detectors/{id}/_stats")).GetProperty("jobs")[0];
            if (job.GetProperty("state").GetString() == "closed") return;
            if (TimeProvider.System.GetElapsedTime(began) < Patience) continue;
            throw new TimeoutException($"{job} {await _server.SendAsync("GET", $"/_ml/datafeeds/{id}/_stats")}");
        }
    }
}
