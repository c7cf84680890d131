using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace MlActors.Node.Tests.Support;

/// <summary>The files in the repository that others run the server with.</summary>
internal static class DeployFiles
{
    /// <summary>Where a container has its configuration.</summary>
    public const string ConfigInContainer = "/etc/mlactors/mlactors.conf";

    public static string Root { get; } = FindRoot();

    public static string Config => At("deploy/mlactors.conf");

    public static YamlNode Compose => Yaml("docker-compose.yml").Single();

    public static YamlNode Service => Compose["services"]["mlactors"];

    public static string At(string path) => Path.Combine(Root, path);

    public static string Text(string path) => File.ReadAllText(At(path));

    /// <summary>The documents of a file.</summary>
    public static IReadOnlyList<YamlNode> Yaml(string path) => Parse(Text(path));

    public static IReadOnlyList<YamlNode> Parse(string text)
    {
        var stream = new YamlStream();
        using var reader = new StringReader(text);
        stream.Load(reader);
        return [.. stream.Documents.Select(document => document.RootNode)];
    }

    /// <summary>The resources in <c>deploy/kubernetes</c>, without its list.</summary>
    /// <param name="nodeTls">With the parts for TLS between nodes, which are comments.</param>
    public static IReadOnlyList<YamlNode> Resources(bool nodeTls = false) => [.. Directory.GetFiles(At("deploy/kubernetes"))
        .Where(file => Path.GetFileName(file) != "kustomization.yaml").Order(StringComparer.Ordinal)
        .SelectMany(file => Parse(nodeTls ? Uncommented(File.ReadAllText(file)) : File.ReadAllText(file)))];

    // Comments that are YAML, as opposed to sentences.
    private static string Uncommented(string text) =>
        Regex.Replace(text, @"(?m)^( *)# (---|- |(?: +)?[A-Za-z_.]+:(?: |$))", "$1$2", RegexOptions.None, TimeSpan.FromSeconds(1));

    public static YamlNode Resource(string kind, string name, bool nodeTls = false) =>
        Resources(nodeTls).Single(resource => $"{resource["kind"]}" == kind && $"{resource["metadata"]["name"]}" == name);

    /// <summary>Keys and values of a mapping; none if there is no such thing.</summary>
    public static Dictionary<string, string> Map(YamlNode? node) =>
        node is YamlMappingNode map ? map.ToDictionary(pair => $"{pair.Key}", pair => $"{pair.Value}", StringComparer.Ordinal) : new(StringComparer.Ordinal);

    public static IEnumerable<YamlNode> List(YamlNode node) => ((YamlSequenceNode)node).Children;

    public static YamlNode? Find(this YamlNode node, string key) => node is YamlMappingNode map && map.Children.TryGetValue(key, out var value) ? value : null;

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "MlActors.sln"))) folder = folder.Parent;
        return folder.FullName;
    }
}
