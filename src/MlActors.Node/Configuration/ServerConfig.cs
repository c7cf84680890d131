using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using MlActors.Node.Clustering;

namespace MlActors.Node.Configuration;

/// <summary>The configuration cannot be used; all that is wrong with it, each with its fix.</summary>
public sealed class ConfigurationException(ImmutableArray<string> problems)
    : Exception("the configuration cannot be used:" + string.Concat(problems.Select(p => Environment.NewLine + "  - " + p)))
{
    public ImmutableArray<string> Problems { get; } = problems;
}

/// <summary>
/// The settings in effect: those of the command line over those of the configuration file over the defaults in <c>hocon/mlactors.conf</c>.
/// </summary>
/// <param name="Effective">Everything, the actor system's settings included.</param>
/// <param name="Options">The server's own settings, validated.</param>
public sealed partial record ServerConfig(Config Effective, ServerOptions Options)
{
    // A value below such a key is shown to nobody.
    private static readonly string[] SecretWords = ["password", "secret", "token", "api-key", "connection-string"];

    /// <exception cref="ConfigurationException"/>
    public static ServerConfig Load(string? file, IReadOnlyDictionary<string, string> overrides)
    {
        var defaults = ConfigurationFactory.ParseString(DefaultText());
        var own = ConfigurationFactory.ParseString(string.Join('\n', overrides.Select(o =>
            $"mlactors.{o.Key} = \"{o.Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"")));
        var user = ReadFile(file);
        var problems = UnknownKeys(user, defaults).ToList();
        var effective = own.WithFallback(user).WithFallback(defaults);
        var options = ServerOptions.Read(effective.GetConfig("mlactors"), problems);
        if (problems.Count > 0) throw new ConfigurationException([.. problems]);
        // What follows from the server's own settings is below what the user says of the actor system.
        var following = ConfigurationFactory.ParseString(options!.Cluster?.Hocon ?? ClusterOptions.AloneHocon);
        return new ServerConfig(own.WithFallback(user).WithFallback(following).WithFallback(defaults), options);
    }

    /// <summary>The settings of the server in effect, one a line in the order of their keys, secrets masked.</summary>
    public IEnumerable<string> Describe() => Keys(Effective.GetValue("mlactors"), "mlactors").Order(StringComparer.Ordinal)
        .Select(key => $"{key} = {(SecretWords.Any(word => key.Contains(word, StringComparison.OrdinalIgnoreCase)) ? "********" : Effective.GetString(key))}");

    /// <summary>The text of the commented file with every key and its default.</summary>
    public static string DefaultText()
    {
        using var stream = typeof(ServerConfig).Assembly.GetManifestResourceStream("mlactors.conf")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static Config ReadFile(string? file)
    {
        if (file is null) return ConfigurationFactory.ParseString("");
        if (!File.Exists(file)) throw new ConfigurationException([$"there is no file [{file}]; give --config the path of a HOCON file, or leave it out for the defaults"]);
        try
        {
            return ConfigurationFactory.ParseString(FromEnvironment(File.ReadAllText(file)));
        }
        catch (Exception cause) when (cause is not (IOException or ConfigurationException))
        {
            throw new ConfigurationException([$"[{file}] is not HOCON: {cause.Message}"]);
        }
    }

    /// <summary>Puts environment variables in: <c>${NAME}</c> must be set, a line whose <c>${?NAME}</c> is not set is left out, comments stay.</summary>
    private static string FromEnvironment(string text)
    {
        var missing = new List<string>();
        var without = OptionalLine().Replace(text, line => Environment.GetEnvironmentVariable(line.Groups[1].Value) is null ? "" : line.Value);
        var with = Variable().Replace(without, variable =>
        {
            if (IsComment(without, variable.Index)) return variable.Value;
            if (Environment.GetEnvironmentVariable(variable.Groups[1].Value) is { } value)
                return "\"" + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
            missing.Add($"the environment variable {variable.Groups[1].Value} is not set; set it, or write ${{?{variable.Groups[1].Value}}} to fall back to the default");
            return "\"\"";
        });
        return missing.Count == 0 ? with : throw new ConfigurationException([.. missing]);
    }

    private static bool IsComment(string text, int at)
    {
        var line = text.AsSpan(text.LastIndexOf('\n', Math.Max(0, at - 1)) + 1).TrimStart();
        return line.StartsWith("#", StringComparison.Ordinal) || line.StartsWith("//", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"(?m)^[^#\n]*\$\{\?([A-Z_][A-Z0-9_]*)\}.*$", RegexOptions.None, 1000)]
    private static partial Regex OptionalLine();

    // Also in quotes of its own: the value is quoted in any case.
    [GeneratedRegex(@"(?<quote>"")?\$\{\??([A-Z_][A-Z0-9_]*)\}(?(quote)"")", RegexOptions.None, 1000)]
    private static partial Regex Variable();

    // A misspelt key would silently mean the default.
    private static IEnumerable<string> UnknownKeys(Config user, Config defaults)
    {
        var known = Keys(defaults.GetValue("mlactors"), "mlactors").ToHashSet(StringComparer.Ordinal);
        if (!user.HasPath("mlactors")) yield break;
        foreach (var key in Keys(user.GetValue("mlactors"), "mlactors"))
        {
            // What a connection may have depends on its type; ConnectionSet knows.
            if (!known.Contains(key) && !key.StartsWith("mlactors.analysis-dispatcher.", StringComparison.Ordinal) && !key.StartsWith("mlactors.connections.", StringComparison.Ordinal))
                yield return $"[{key}] is not a setting; `mlactors describe --defaults` prints every setting with its default";
        }
    }

    /// <summary>The full paths of all values below a value.</summary>
    public static IEnumerable<string> Keys(HoconValue? value, string path) => Values(value, path).Select(pair => pair.Key);

    /// <summary>All values below a value, with their full paths.</summary>
    /// <param name="path">Of the value itself; empty to have the paths from it on.</param>
    public static IEnumerable<KeyValuePair<string, string>> Values(HoconValue? value, string path)
    {
        if (value is null) return [];
        if (!value.IsObject()) return [new(path, value.GetString() ?? "")];
        return value.GetObject().Items.SelectMany(item => Values(item.Value, path.Length == 0 ? item.Key : $"{path}.{item.Key}"));
    }
}
