using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MlActors.Node.Tests.Support;
using static MlActors.Node.Tests.Support.DeployFiles;

namespace MlActors.Node.Tests;

/// <summary>What a real server, and the programs that the files are for, make of them.</summary>
public sealed partial class DeployTests
{
    private const string PodAddress = "10.1.2.3";

    [Fact]
    public async Task The_server_takes_the_configuration_with_the_variables_of_compose()
    {
        var settings = await DescribeAsync(new Dictionary<string, string>(Map(Service["environment"]), StringComparer.Ordinal) { ["HOSTNAME"] = "8d1f0c2b9a7e" });
        settings["mlactors.cluster.enabled"].ShouldBe("on");
        settings["mlactors.cluster.host"].ShouldBe("8d1f0c2b9a7e");
        settings["mlactors.cluster.seeds"].ShouldBe("database");
        settings["mlactors.storage.provider"].ShouldBe("postgresql");
        settings["mlactors.data"].ShouldBe("/var/lib/mlactors");
        settings["mlactors.urls"].ShouldBe("https://0.0.0.0:9200");
        settings["mlactors.authentication.enabled"].ShouldBe("on");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_server_takes_the_configuration_with_the_variables_of_a_pod(bool nodeTls)
    {
        var environment = Map(Resource("ConfigMap", "mlactors", nodeTls)["data"]);
        // A pod has a name, too, which the others could not find it by.
        environment["HOSTNAME"] = "mlactors-0";
        foreach (var variable in List(Container()["env"]))
            environment[$"{variable["name"]}"] = $"{variable["valueFrom"]["fieldRef"]["fieldPath"]}" switch { "status.podIP" => PodAddress, "metadata.name" => "mlactors-0", var field => field };
        var settings = await DescribeAsync(environment);
        settings["mlactors.cluster.host"].ShouldBe(PodAddress);
        settings["mlactors.node-name"].ShouldBe("mlactors-0");
        settings["mlactors.cluster.enabled"].ShouldBe("on");
        (settings["mlactors.cluster.tls.certificate"].Length > 0).ShouldBe(nodeTls);
    }

    [Fact]
    public async Task The_server_takes_the_configuration_alone_when_no_variable_is_set() =>
        (await DescribeAsync([]))["mlactors.cluster.enabled"].ShouldBe("off");

    [Fact]
    public async Task What_probes_and_health_checks_ask_for_a_server_answers_without_credentials_and_over_TLS()
    {
        using var space = new Workspace();
        using var certificates = new TestCertificates(space);
        await File.WriteAllTextAsync(space.Config,
            $$"""mlactors { authentication.enabled = on, tls { certificate = "{{certificates.Chain}}", key = "{{certificates.Key}}" } }""");
        await using var server = ServerProcess.Start(space.Data, config: space.Config, urls: "https://127.0.0.1:0");
        using var http = certificates.Client(await server.ListeningAsync());
        var probes = new[] { "startupProbe", "livenessProbe", "readinessProbe" }.Select(probe => Container()[probe]["httpGet"]).ToList();
        probes.ShouldAllBe(probe => $"{probe["scheme"]}" == "HTTPS" && $"{probe["port"]}" == "api");
        string[] checks = [$"{List(Service["healthcheck"]["test"]).Last()}", HealthCheck().Match(Text("deploy/Dockerfile")).Groups[1].Value];
        foreach (var path in probes.Select(probe => $"{probe["path"]}").Concat(checks.Select(check => new Uri(check).AbsolutePath)))
            (await http.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK, path);
        checks.ShouldAllBe(check => new Uri(check).Port == 9200 && new Uri(check).Scheme == "https");
    }

    [Fact]
    public async Task The_dashboard_and_the_rules_use_metrics_that_a_server_has()
    {
        using var space = new Workspace();
        await using var server = ServerProcess.Start(space.Data, $"analyse.fold@{Workload.Job}/1=throw", space.Config);
        var address = await server.ListeningAsync();
        using var ml = new MlClient(address);
        foreach (var job in (string[])[Workload.Job, "other"])
        {
            (await ml.PutAsync(job, Workload.Config)).Expect(HttpStatusCode.OK);
            (await ml.OpenAsync(job)).Expect(HttpStatusCode.OK);
            (await ml.PostAsync(job, "1", Workload.Pieces[0])).Expect(HttpStatusCode.Accepted);
        }
        await ml.UntilAsync(Workload.Job, "failed");
        using var http = new HttpClient { BaseAddress = address };
        var expressions = Expressions().ToList();
        expressions.Count.ShouldBeGreaterThan(18);
        // Where nodes have no certificates there is none that expires.
        var names = expressions.SelectMany(MetricsIn).Where(name => name is not ("up" or "mlactors_node_certificate_expiry_seconds")).Distinct().ToList();
        names.Count.ShouldBeGreaterThan(12);
        // A counter is there once it has counted.
        var there = await Poll.UntilAsync(async () => NamesIn(await http.GetStringAsync("/metrics")), seen => seen.Contains("mlactors_job_buckets_total"));
        names.Where(name => !there.Contains(name)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Prometheus_takes_its_configurations_and_the_rules_alert_as_they_should()
    {
        await using var promtool = new Servers.ServerProcess("promtool", "nobody");
        var program = Servers.ServerProcess.Find("promtool", "prometheus");
        // The user that it runs as may not read the repository.
        foreach (var file in Directory.GetFiles(At("deploy/prometheus"))) File.Copy(file, Path.Combine(promtool.Folder, Path.GetFileName(file)));
        foreach (var config in (string[])["prometheus.yml", "compose.yml"]) await promtool.RunAsync(program, "check", "config", "--syntax-only", config);
        await promtool.RunAsync(program, "check", "rules", "mlactors-rules.yml");
        await promtool.RunAsync(program, "test", "rules", "mlactors-rules-test.yml");
        // Queries of the dashboard are written as rules are.
        var queries = Expressions().Select((query, i) => new JsonObject { ["record"] = $"query:{i}", ["expr"] = query.Replace("$__rate_interval", "5m", StringComparison.Ordinal) });
        var group = new JsonObject { ["name"] = "dashboard", ["rules"] = new JsonArray([.. queries]) };
        await File.WriteAllTextAsync(Path.Combine(promtool.Folder, "dashboard.yml"), new JsonObject { ["groups"] = new JsonArray(group) }.ToJsonString());
        await promtool.RunAsync(program, "check", "rules", "dashboard.yml");
    }

    [SystemdFact]
    public async Task Systemd_finds_nothing_wrong_with_the_unit()
    {
        using var space = new Workspace();
        var unit = space["mlactors.service"];
        await File.WriteAllTextAsync(unit, Text("deploy/systemd/mlactors.service").Replace("/usr/bin/dotnet", Environment.ProcessPath, StringComparison.Ordinal));
        (await SystemdFactAttribute.AnalyzeAsync("verify", unit)).ShouldBe((0, ""));
    }

    /// <summary>The settings that the server has with the configuration of the image and a container's variables, whose files are here instead.</summary>
    private static async Task<Dictionary<string, string>> DescribeAsync(Dictionary<string, string> environment)
    {
        using var space = new Workspace();
        using var certificates = new TestCertificates(space);
        await File.WriteAllTextAsync(space["password"], "open-sesame-42");
        (environment["MLACTORS_TLS_CERTIFICATE"], environment["MLACTORS_TLS_KEY"]) = (certificates.Chain, certificates.Key);
        foreach (var (name, file) in new[]
        {
            ("MLACTORS_DATABASE_PASSWORD_FILE", space["password"]), ("MLACTORS_CLUSTER_TLS_CERTIFICATE", certificates.Chain),
            ("MLACTORS_CLUSTER_TLS_KEY", certificates.Key), ("MLACTORS_CLUSTER_TLS_AUTHORITY", certificates.Authorities),
        })
            if (environment.ContainsKey(name)) environment[name] = file;
        var described = await ServerProcess.RunAsync(["describe", "--config", Config], faults: null, environment);
        described.ExitCode.ShouldBe(0, described.Error);
        return described.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(" = ", 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
    }

    private static IEnumerable<string> Expressions()
    {
        var dashboard = JsonNode.Parse(Text("deploy/grafana/mlactors.json"))!;
        foreach (var target in dashboard["panels"]!.AsArray().SelectMany(panel => panel!["targets"]?.AsArray() ?? [])) yield return (string)target!["expr"]!;
        foreach (var variable in dashboard["templating"]!["list"]!.AsArray().Where(variable => (string)variable!["type"]! == "query"))
            yield return Regex.Match((string)variable!["query"]!["query"]!, @"label_values\((\w+),", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value;
        foreach (var rule in List(Yaml("deploy/prometheus/mlactors-rules.yml").Single()["groups"]).SelectMany(group => List(group["rules"]))) yield return $"{rule["expr"]}";
    }

    private static HashSet<string> NamesIn(string metrics) =>
        [.. metrics.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line.Split('{', ' ')[0])];

    // Labels in braces or after "by"; then what is no function and no word of the language is a metric.
    private static IEnumerable<string> MetricsIn(string expression) =>
        Metric().Matches(Labels().Replace(expression, "")).Select(match => match.Value).Where(name => name is not ("or" or "and" or "unless"));

    [GeneratedRegex(@"\{[^}]*\}|\[[^\]]*\]|\b(by|without) \([^)]*\)", RegexOptions.None, 1000)]
    private static partial Regex Labels();

    [GeneratedRegex(@"(?<![\w.])[a-z_][a-z0-9_]*\b(?!\s*\()", RegexOptions.None, 1000)]
    private static partial Regex Metric();

    [GeneratedRegex(@"HEALTHCHECK[^\[]*\[.*""(https://[^""]+)""\]", RegexOptions.None, 1000)]
    private static partial Regex HealthCheck();
}
