using System.Globalization;
using System.Text.RegularExpressions;
using MlActors.Node.Clustering;
using MlActors.Node.Tests.Support;
using Microsoft.Extensions.Hosting;
using YamlDotNet.RepresentationModel;
using static MlActors.Node.Tests.Support.DeployFiles;

namespace MlActors.Node.Tests;

/// <summary>The files in deploy/ and docker-compose.yml name what exists, and fit each other and the server.</summary>
public sealed partial class DeployTests
{
    private static YamlNode Pod(bool nodeTls = false) => Resource("StatefulSet", "mlactors", nodeTls)["spec"]["template"]["spec"];

    private static YamlNode Container(bool nodeTls = false) => List(Pod(nodeTls)["containers"]).Single();

    [Fact]
    public void Variables_that_containers_are_given_are_those_that_the_configuration_takes()
    {
        var taken = TakenVariable().Matches(Text("deploy/mlactors.conf")).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        var given = Map(Service["environment"]).Keys
            .Concat(Map(Resource("ConfigMap", "mlactors", nodeTls: true)["data"]).Keys)
            .Concat(List(Container()["env"]).Select(variable => $"{variable["name"]}")).ToList();
        given.Count.ShouldBeGreaterThan(10);
        given.ShouldBeSubsetOf(taken);
        $"{List(Container()["envFrom"]).Single()["configMapRef"]["name"]}".ShouldBe("mlactors");
    }

    [Fact]
    public void Compose_mounts_files_that_are_there_and_names_secrets_and_services_that_it_has()
    {
        var secrets = Map(Compose["secrets"]).Keys;
        var services = Map(Compose["services"]).Keys;
        foreach (var service in ((YamlMappingNode)Compose["services"]).Children.Values)
        {
            foreach (var mount in List(service["volumes"]).Select(volume => $"{volume}".Split(':')).Where(mount => mount[0].StartsWith('.')))
                File.Exists(At(mount[0])).ShouldBeTrue(mount[0]);
            foreach (var secret in List(service["secrets"])) secrets.ShouldContain($"{secret.Find("source") ?? secret}");
            Map(service.Find("depends_on")).Keys.ShouldBeSubsetOf(services);
        }
        // What is secret is not put into the image, nor into the repository.
        foreach (var secret in ((YamlMappingNode)Compose["secrets"]).Children.Values) $"{secret["file"]}".ShouldStartWith("./secrets/");
        Text(".dockerignore").Split('\n').ShouldContain("secrets");
        Text(".gitignore").Split('\n').ShouldContain("/secrets/");
        File.Exists(At($"{Service["build"]["dockerfile"]}")).ShouldBeTrue();
        Map(Service["build"]["args"]).Keys.ShouldBe(BuildArgument().Matches(Text("deploy/Dockerfile")).Select(match => match.Groups[1].Value));
    }

    [Fact]
    public void Compose_puts_the_files_where_the_servers_look_for_them()
    {
        List(Service["volumes"]).Select(volume => $"{volume}").ShouldContain($"./deploy/mlactors.conf:{ConfigInContainer}:ro");
        List(Service["secrets"]).Select(secret => $"{secret.Find("target")}").ShouldBe(["", .. TlsFilesOfTheApi()]);
        var environment = Map(Service["environment"]);
        environment["MLACTORS_DATABASE_PASSWORD_FILE"].ShouldBe("/run/secrets/database-password");
        var database = Compose["services"]["database"];
        environment["MLACTORS_DATABASE"].ShouldBe($"Host=database;Database={database["environment"]["POSTGRES_DB"]};Username={database["environment"]["POSTGRES_USER"]}");

        var prometheus = Compose["services"]["prometheus"];
        var mounts = List(prometheus["volumes"]).Select(volume => $"{volume}".Split(':')).ToDictionary(mount => mount[1], mount => mount[0], StringComparer.Ordinal);
        var config = $"{List(prometheus["command"]).First()}".Split('=')[1];
        var scraping = Yaml(mounts[config]).Single();
        foreach (var rules in List(scraping["rule_files"])) mounts.ShouldContainKey($"/etc/prometheus/{rules}");
        var job = List(scraping["scrape_configs"]).Single();
        $"{List(List(job["dns_sd_configs"]).Single()["names"]).Single()}".ShouldBe("mlactors");
        $"{List(job["dns_sd_configs"]).Single()["port"]}".ShouldBe("9200");
        List(prometheus["secrets"]).Select(secret => $"{secret.Find("target")}").ShouldContain($"{job["tls_config"]["ca_file"]}");
        $"{job["basic_auth"]["password_file"]}".ShouldBe("/run/secrets/scraper-password");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Kubernetes_mounts_what_the_configuration_names_from_secrets_of_the_template(bool nodeTls)
    {
        var mounts = List(Container(nodeTls)["volumeMounts"]).ToDictionary(mount => $"{mount["name"]}", mount => $"{mount["mountPath"]}", StringComparer.Ordinal);
        var files = List(Pod(nodeTls)["volumes"]).Where(volume => volume.Find("secret") is not null).SelectMany(volume =>
            Map(Resource("Secret", $"{volume["secret"]["secretName"]}", nodeTls)["stringData"]).Keys.Select(key => $"{mounts[$"{volume["name"]}"]}/{key}")).ToList();
        var named = Map(Resource("ConfigMap", "mlactors", nodeTls)["data"]).Values.Where(value => value.StartsWith('/')).ToList();
        named.Count.ShouldBe(nodeTls ? 4 : 1);
        files.Order(StringComparer.Ordinal).ShouldBe(named.Concat(TlsFilesOfTheApi()).Order(StringComparer.Ordinal));
        var volumes = List(Pod(nodeTls)["volumes"]).Select(volume => $"{volume["name"]}")
            .Append($"{List(Resource("StatefulSet", "mlactors")["spec"]["volumeClaimTemplates"]).Single()["metadata"]["name"]}");
        mounts.Keys.Order(StringComparer.Ordinal).ShouldBe(volumes.Order(StringComparer.Ordinal));
        mounts["data"].ShouldBe(DefaultOf("data"));
    }

    [Fact]
    public void Kubernetes_resources_find_each_other_and_the_list_has_them_all()
    {
        var files = Directory.GetFiles(At("deploy/kubernetes")).Select(Path.GetFileName).Except(["kustomization.yaml", "secrets.template.yaml"]);
        List(Yaml("deploy/kubernetes/kustomization.yaml").Single()["resources"]).Select(file => $"{file}").ShouldBe(files, ignoreOrder: true);

        var set = Resource("StatefulSet", "mlactors")["spec"];
        var label = Map(set["template"]["metadata"]["labels"]);
        YamlNode[] selectors =
        [
            set["selector"]["matchLabels"], Resource("Service", "mlactors")["spec"]["selector"], Resource("Service", "mlactors-nodes")["spec"]["selector"],
            Resource("PodDisruptionBudget", "mlactors")["spec"]["selector"]["matchLabels"], Resource("NetworkPolicy", "mlactors")["spec"]["podSelector"]["matchLabels"],
        ];
        foreach (var selector in selectors) Map(selector).ShouldBe(label);
        $"{Resource("Service", $"{set["serviceName"]}")["spec"]["clusterIP"]}".ShouldBe("None");

        var ports = List(Container()["ports"]).ToDictionary(port => $"{port["name"]}", port => $"{port["containerPort"]}", StringComparer.Ordinal);
        ports.ShouldBe(new Dictionary<string, string> { ["api"] = "9200", ["nodes"] = "9300" });
        foreach (var port in new[] { "mlactors", "mlactors-nodes" }.SelectMany(service => List(Resource("Service", service)["spec"]["ports"])))
            $"{port["port"]}".ShouldBe(ports[$"{port["targetPort"]}"]);
        // The port of nodes is for nodes.
        var ingress = List(Resource("NetworkPolicy", "mlactors")["spec"]["ingress"]).Single(rule => List(rule["ports"]).Any(port => $"{port["port"]}" == "nodes"));
        Map(List(ingress["from"]).Single()["podSelector"]["matchLabels"]).ShouldBe(label);
        Text("deploy/Dockerfile").ShouldContain($"EXPOSE {string.Join(' ', ports.Values)}");
    }

    [Fact]
    public void Every_supervisor_gives_a_server_more_time_to_stop_than_it_takes()
    {
        var longest = new HostOptions().ShutdownTimeout + ClusterOptions.LongestLeave;
        string[] given = [$"{Service["stop_grace_period"]}".TrimEnd('s'), $"{Pod()["terminationGracePeriodSeconds"]}", UnitSetting("TimeoutStopSec")];
        given.ShouldAllBe(seconds => int.Parse(seconds, CultureInfo.InvariantCulture) > longest.TotalSeconds);
        // And a probe more time than the check that it asks for.
        int.Parse($"{Container()["readinessProbe"]["timeoutSeconds"]}", CultureInfo.InvariantCulture).ShouldBeGreaterThan(5);
    }

    [Fact]
    public void The_image_runs_the_server_itself_as_a_user_without_rights_and_nothing_names_a_registry()
    {
        var lines = Text("deploy/Dockerfile").Split('\n').Select(line => line.Trim()).ToList();
        lines.Where(line => line.StartsWith("FROM ", StringComparison.Ordinal)).ShouldAllBe(line => line.Contains("${", StringComparison.Ordinal));
        lines.ShouldContain("""ENTRYPOINT ["dotnet", "/opt/mlactors/mlactors.dll"]""");
        lines.ShouldContain($"""CMD ["serve", "--config", "{ConfigInContainer}"]""");
        lines.ShouldContain($"USER {Pod()["securityContext"]["runAsUser"]}");
        lines.ShouldContain($"VOLUME {DefaultOf("data")}");
        $"{Pod()["securityContext"]["runAsNonRoot"]}".ShouldBe("true");
        $"{Container()["image"]}".ShouldBe($"{Service["image"]}");
        var images = ((YamlMappingNode)Compose["services"]).Children.Values.Select(service => $"{service["image"]}").Append($"{Container()["image"]}");
        // The first part of a name is a host if it has a dot or a port.
        images.Select(image => VariableOfImage().Replace(image, "$1")).ShouldAllBe(image => !image.Contains('/') || !image.Split('/')[0].Any(letter => letter == '.' || letter == ':'));
    }

    [Fact]
    public void The_unit_stops_the_server_by_a_signal_to_it_and_reads_the_files_that_the_page_names()
    {
        UnitSetting("KillSignal").ShouldBe("SIGTERM");
        UnitSetting("KillMode").ShouldBe("mixed");
        UnitSetting("ExecStart").ShouldEndWith($"serve --config {ConfigInContainer}");
        UnitSetting("RestartPreventExitStatus").ShouldBe("2");
        $"/var/lib/{UnitSetting("StateDirectory")}".ShouldBe(DefaultOf("data"));
        var page = Text("docs/operators/deploying.md");
        foreach (var file in new[] { UnitSetting("EnvironmentFile").TrimStart('-'), "deploy/systemd/mlactors.service", "deploy/kubernetes/secrets.template.yaml", "deploy/grafana/mlactors.json" })
            page.ShouldContain(file);
    }

    private static string UnitSetting(string name) =>
        Text("deploy/systemd/mlactors.service").Split('\n').Single(line => line.StartsWith(name + "=", StringComparison.Ordinal))[(name.Length + 1)..];

    private static string[] TlsFilesOfTheApi() => [DefaultOf("certificate"), DefaultOf("key")];

    // What the configuration says where no variable is set.
    private static string DefaultOf(string setting) =>
        Regex.Match(Text("deploy/mlactors.conf"), $"(?m)^ *{setting} = \"([^\"]+)\"$", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups[1].Value;

    [GeneratedRegex(@"\$\{\?([A-Z_]+)\}", RegexOptions.None, 1000)]
    private static partial Regex TakenVariable();

    [GeneratedRegex(@"^\$\{\w+:-(.*)\}$", RegexOptions.None, 1000)]
    private static partial Regex VariableOfImage();

    [GeneratedRegex("(?m)^ARG ([A-Z_]+)$", RegexOptions.None, 1000)]
    private static partial Regex BuildArgument();
}
