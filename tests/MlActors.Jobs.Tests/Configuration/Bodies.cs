using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlActors.Jobs.Configuration;

namespace MlActors.Jobs.Tests.Configuration;

/// <summary>Request bodies: a small valid one, and ways to change one field of it.</summary>
internal static class Bodies
{
    public static readonly DateTimeOffset Now = DateTimeOffset.Parse("2024-03-01T10:00:00.1234567Z");

    public const string Minimal = """{"analysis_config":{"detectors":[{"function":"count"}]},"data_description":{}}""";

    /// <summary>The minimal body with values (as JSON) put at dotted paths; <c>absent</c> removes.</summary>
    public static string With(params (string Path, string Json)[] changes) => Change(Minimal, changes);

    public static string Change(string body, params (string Path, string Json)[] changes)
    {
        var root = JsonNode.Parse(body)!;
        foreach (var (path, json) in changes)
        {
            var node = root;
            var parts = path.Replace("]", "").Replace("[", ".").Split('.');
            foreach (var part in parts[..^1])
            {
                if (node is JsonArray list)
                {
                    while (list.Count <= int.Parse(part)) list.Add(new JsonObject());
                    node = list[int.Parse(part)]!;
                }
                else
                {
                    node = node[part] ??= new JsonObject();
                }
            }
            if (json is "absent") node.AsObject().Remove(parts[^1]);
            else node[parts[^1]] = JsonNode.Parse(json);
        }
        return root.ToJsonString();
    }

    /// <summary>The minimal body with one detector.</summary>
    public static string WithDetector(string detector) => With(("analysis_config.detectors", $"[{detector}]"));

    public static JobConfig Put(string body, string? id = "job", JobLimits? limits = null) =>
        JobConfigReader.ReadPut(id, Encoding.UTF8.GetBytes(body), limits ?? JobLimits.Default, Now);

    public static IReadOnlyList<ConfigProblem> Refused(string body, string? id = "job", JobLimits? limits = null) =>
        Should.Throw<InvalidConfigException>(() => Put(body, id, limits)).Problems;

    public static JobUpdate Update(string body, JobLimits? limits = null) => JobUpdate.Read("job", Encoding.UTF8.GetBytes(body), limits ?? JobLimits.Default);

    public static JsonElement Api(JobConfig config, MlActors.Jobs.Lifecycle.JobStatus? status = null, bool excludeGenerated = false)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream)) JobConfigJson.WriteApi(writer, config, status, excludeGenerated);
        return JsonDocument.Parse(stream.ToArray()).RootElement;
    }
}
