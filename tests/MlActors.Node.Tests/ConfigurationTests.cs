using System.Text.RegularExpressions;
using MlActors.Jobs.Placing;
using MlActors.Node.Clustering;
using MlActors.Node.Configuration;

namespace MlActors.Node.Tests;

public class ConfigurationTests
{
    private static readonly Dictionary<string, string> NoOverrides = [];

    private static ServerConfig Load(string hocon)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, hocon);
            return ServerConfig.Load(file, NoOverrides);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void The_defaults_are_valid_and_every_part_gets_its_own()
    {
        var options = ServerConfig.Load(null, NoOverrides).Options;
        options.Urls.ShouldBe(["http://127.0.0.1:9200"]);
        options.Running.ShouldBe(new Jobs.Running.RunningOptions());
        options.Watchdog.ShouldBe(Jobs.Watching.WatchdogOptions.Default);
        options.Gateway.AuthenticationEnabled.ShouldBeFalse();
    }

    [Fact]
    public void The_file_overrides_defaults_and_the_command_line_overrides_the_file()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "mlactors { data = /from/file, cluster-name = shop }");
        var options = ServerConfig.Load(file, new Dictionary<string, string> { ["data"] = "/from/command" }).Options;
        File.Delete(file);
        options.Storage.DataDirectory.ShouldBe("/from/command");
        options.Gateway.ClusterName.ShouldBe("shop");
    }

    [Fact]
    public void What_is_in_effect_is_described_without_secrets()
    {
        var lines = Load("""
            mlactors { cluster-name = shop, connections {
              db { type = postgresql, host = db, database = shop, user = reader, password = open-sesame-42 }
              metrics { type = prometheus, url = "http://localhost:9090", token = open-sesame-42 }
              cluster { type = elasticsearch, url = "http://localhost:9200", api-key = open-sesame-42 } } }
            """).Describe().ToList();
        lines.ShouldContain("mlactors.cluster-name = shop");
        lines.ShouldContain("mlactors.connections.db.host = db");
        foreach (var secret in new[] { "db.password", "metrics.token", "cluster.api-key" }) lines.ShouldContain($"mlactors.connections.{secret} = ********");
        lines.ShouldAllBe(line => !line.Contains("open-sesame-42"));
    }

    [Fact]
    public void All_problems_are_reported_at_once_each_with_its_key_and_a_fix()
    {
        var problems = Should.Throw<ConfigurationException>(() => Load("""
            mlactors {
              clustername = typo
              log-level = loud
              jobs.transition-deadline = soon
              jobs.compact-after-events = -3
              jobs.max-open = 0
              jobs.max-model-memory = much
              storage.synchronous = sometimes
              urls = "http://0.0.0.0:9200"
            }
            """)).Problems;
        foreach (var key in new[] { "mlactors.clustername", "mlactors.log-level", "transition-deadline", "compact-after-events", "jobs.max-open", "jobs.max-model-memory", "storage.synchronous", "mlactors.urls" })
            problems.ShouldContain(problem => problem.Contains(key), key);
        problems.ShouldContain(problem => problem.Contains("authentication"));
    }

    [Fact]
    public void A_node_takes_as_many_jobs_and_as_much_memory_as_is_set_or_what_the_machine_has()
    {
        Load("mlactors.jobs { max-open = 7, max-model-memory = 3g }").Options.Gateway.Room.ShouldBe(new RoomLimits(7, 3L << 30));
        Load("").Options.Gateway.Room.ShouldBe(new RoomLimits(512, RoomLimits.MachineBytes));
    }

    [Fact]
    public void A_comment_may_speak_of_a_variable_that_is_not_set() => Load("""
        # node-name = ${MLACTORS_NOT_SET}
          // or ${?MLACTORS_NOT_SET_EITHER}
        mlactors.node-name = here
        """).Options.NodeName.ShouldBe("here");

    [Fact]
    public void Several_nodes_need_a_storage_that_they_can_share()
    {
        var problem = Should.Throw<ConfigurationException>(() => Load("mlactors { cluster.enabled = on }")).Problems.ShouldHaveSingleItem();
        problem.ShouldContain("mlactors.cluster.enabled");
        problem.ShouldContain("set [mlactors.storage.provider] to postgresql");
    }

    [Theory]
    [InlineData("host = \"0.0.0.0\"", "cluster.host")]
    [InlineData("host = \"not a name\"", "cluster.host")]
    [InlineData("port = 0", "cluster.port")]
    [InlineData("roles = \"gateway, cook\"", "cluster.roles")]
    [InlineData("roles = \"\"", "cluster.roles")]
    [InlineData("seeds = \"a:99999\"", "cluster.seeds")]
    [InlineData("seeds = \"\"", "cluster.seeds")]
    [InlineData("heartbeat = soon", "cluster.heartbeat")]
    [InlineData("acceptable-pause = 600ms", "cluster.acceptable-pause")]
    public void What_is_wrong_with_a_cluster_is_named(string setting, string key) =>
        Should.Throw<ConfigurationException>(() => LoadCluster(setting)).Problems.ShouldContain(problem => problem.Contains(key));

    [Fact]
    public void The_actor_system_has_the_addresses_and_times_of_the_cluster_and_is_alone_without_one()
    {
        var several = LoadCluster("host = \"10.0.0.7\", port = 9301, seeds = \"10.0.0.7:9301, other\", stable-after = 9s");
        several.Options.Cluster!.Seeds.ShouldBeOfType<SeedSource.Listed>().Addresses.ShouldBe(["akka.tcp://mlactors@10.0.0.7:9301", "akka.tcp://mlactors@other:9301"]);
        several.Effective.GetString("akka.remote.dot-netty.tcp.public-hostname").ShouldBe("10.0.0.7");
        several.Effective.GetTimeSpan("akka.cluster.split-brain-resolver.stable-after").ShouldBe(TimeSpan.FromSeconds(9));
        several.Effective.GetStringList("akka.remote.enabled-transports").ShouldBe(["akka.remote.dot-netty.tcp"]);
        ServerConfig.Load(null, NoOverrides).Effective.GetStringList("akka.remote.enabled-transports").ShouldBe(["akka.remote.alone"]);
    }

    [Fact]
    public void Certificates_of_nodes_are_a_part_of_their_addresses_and_what_is_missing_is_said()
    {
        using var space = new Support.Workspace();
        using var certificates = new Support.TestCertificates(space);
        var tls = $"tls {{ certificate = \"{certificates.Chain}\", key = \"{certificates.Key}\", authority = \"{certificates.Authorities}\" }}";
        var secured = LoadCluster("host = \"10.0.0.7\", seeds = other\n" + tls);
        secured.Effective.GetBoolean("akka.remote.dot-netty.tcp.enable-ssl").ShouldBeTrue();
        secured.Options.Cluster!.Address.ShouldBe("akka.ssl.tcp://mlactors@10.0.0.7:9300");
        secured.Options.Cluster.Seeds.ShouldBeOfType<SeedSource.Listed>().Addresses.ShouldBe(["akka.ssl.tcp://mlactors@other:9300"]);
        LoadCluster("").Effective.GetBoolean("akka.remote.dot-netty.tcp.enable-ssl").ShouldBeFalse();

        Should.Throw<ConfigurationException>(() => LoadCluster(tls.Replace(certificates.Key, certificates.ForeignKey, StringComparison.Ordinal)))
            .Problems.ShouldHaveSingleItem().ShouldStartWith("[mlactors.cluster.tls] the certificate");
        Should.Throw<ConfigurationException>(() => LoadCluster(tls.Replace(certificates.Authorities, certificates.Key, StringComparison.Ordinal)))
            .Problems.ShouldHaveSingleItem().ShouldStartWith("[mlactors.cluster.tls.authority]");
        Should.Throw<ConfigurationException>(() => LoadCluster("tls { authority = /there/is/none }")).Problems
            .Select(problem => problem[..problem.IndexOf(']', StringComparison.Ordinal)])
            .ShouldBe(["[mlactors.cluster.tls.certificate", "[mlactors.cluster.tls.key", "[mlactors.cluster.tls.authority"]);
    }

    [Fact]
    public void What_the_file_says_of_the_actor_system_outweighs_what_follows_from_the_cluster() =>
        Load("akka.cluster.gossip-interval = 3s\n" + Cluster("")).Effective.GetTimeSpan("akka.cluster.gossip-interval").ShouldBe(TimeSpan.FromSeconds(3));

    private static ServerConfig LoadCluster(string settings) => Load(Cluster(settings));

    private static string Cluster(string settings) =>
        "mlactors { storage { provider = postgresql, postgresql.connection-string = \"Host=db;Database=mlactors\" }\ncluster { enabled = on\n" + settings + " } }";

    [Fact]
    public void A_value_may_come_from_the_environment()
    {
        Environment.SetEnvironmentVariable("MLACTORS_TEST_NAME", "from \"outside\"");
        var options = Load("mlactors {\n cluster-name = ${MLACTORS_TEST_NAME}\n node-name = ${?MLACTORS_TEST_UNSET}\n}").Options;
        options.Gateway.ClusterName.ShouldBe("from \"outside\"");
        options.NodeName.ShouldBe(Environment.MachineName);
        Should.Throw<ConfigurationException>(() => Load("mlactors.cluster-name = ${MLACTORS_TEST_UNSET}")).Message.ShouldContain("MLACTORS_TEST_UNSET");
    }

    [Fact]
    public void Connections_have_the_options_of_their_types_and_all_that_is_wrong_with_them_is_said()
    {
        var problems = Should.Throw<ConfigurationException>(() => Load("""
            mlactors.connections {
              one { type = sqlite, path = /there/is/none, colour = blue }
              two { type = oracle }
              "Three!" { type = sqlite }
              four { type = sqlite, query-timeout = soon }
              five { type = [sqlite, file] }
              six = 6
            }
            """)).Problems;
        foreach (var key in new[] { "connections.one.path", "connections.one.colour", "connections.two.type", "connections.Three!", "connections.four.path", "connections.four.query-timeout", "connections.five.type", "connections.six.type" })
            problems.ShouldContain(problem => problem.StartsWith($"[mlactors.{key}]"), key);
        var file = Path.GetTempFileName();
        Load($"mlactors.connections.archive {{ type = sqlite, path = \"{file}\" }}").Options.Connections.Names.ShouldBe(["archive"]);
        File.Delete(file);
    }

    [Fact]
    public void Every_setting_in_the_commented_file_is_read_by_the_server()
    {
        // A key that no code asks for would be a promise without effect.
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "MlActors.sln"))) root = root.Parent;
        var code = string.Concat(new[] { "Configuration", "Clustering" }.SelectMany(folder => Directory.GetFiles(Path.Combine(root.FullName, "src/MlActors.Node", folder))).Select(File.ReadAllText));
        var keys = ServerConfig.Keys(ServerConfig.Load(null, NoOverrides).Effective.GetValue("mlactors"), "mlactors");
        foreach (var key in keys.Where(key => !key.Contains("analysis-dispatcher")))
            code.ShouldContain($"\"{key["mlactors.".Length..]}\"");
    }

    [Fact]
    public void Every_setting_that_the_server_reads_is_in_the_commented_file()
    {
        var text = ServerConfig.DefaultText();
        var config = ServerConfig.Load(null, NoOverrides).Effective;
        text.ShouldContain("#");
        foreach (var key in new[] { "urls", "data", "tls.certificate", "limits.max-model-memory", "storage.busy-timeout" }) config.HasPath("mlactors." + key).ShouldBeTrue(key);
        Regex.Matches(text, "(?m)^  [a-z-]+ \\{").Count.ShouldBeGreaterThan(5);
    }
}
