using System.Globalization;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Datafeeds.Connections;

/// <summary>
/// The options of one connection, checked against the table of its type when made: unknown and missing ones and wrong forms become problems that
/// name the key, the value (unless it is a secret) and the fix. The getters give what is there and right, else the default.
/// </summary>
internal sealed class OptionReader
{
    /// <summary>The option that says which table holds.</summary>
    public const string Type = "type";

    // A secret may stand in a file of its own instead.
    private const string FileSuffix = "-file";

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly List<string> _problems;
    private readonly string _path;

    public OptionReader(ConnectionConfig config, ConnectionType type, List<string> problems)
    {
        (Name, TypeName, _problems, _path) = (config.Name, type.Name, problems, $"mlactors.connections.{config.Name}");
        var known = type.Options.ToDictionary(option => option.Name, StringComparer.Ordinal);
        foreach (var secret in type.Options.Where(option => option.Form == OptionForm.Secret))
            known.Add(secret.Name + FileSuffix, secret with { Name = secret.Name + FileSuffix, Form = OptionForm.File });
        foreach (var key in config.Options.Keys.Order(StringComparer.Ordinal))
            if (key != Type && !known.ContainsKey(key))
                Problem(key, $"is not an option of the type [{type.Name}]; it has [{string.Join(", ", known.Keys)}]");
        foreach (var option in type.Options) Take(option, config.Options);
    }

    public string Name { get; }

    public string TypeName { get; }

    /// <summary>Whether everything was right so far.</summary>
    public bool IsRight { get; private set; } = true;

    public void Problem(string option, string problem)
    {
        IsRight = false;
        _problems.Add($"[{_path}.{option}] {problem}");
    }

    public bool Has(string option) => Text(option).Length > 0;

    public string Text(string option) => _values.GetValueOrDefault(option, "");

    public int Count(string option) => int.TryParse(Text(option), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;

    public TimeSpan Time(string option) => TimeValue.TryParse(Text(option), out var time, out _) ? time.Duration : TimeSpan.Zero;

    public TimeSpan QueryTimeout => Time(ConnectionOption.QueryTimeout.Name);

    public Secret Secret(string option) => new(Text(option));

    private void Take(ConnectionOption option, IReadOnlyDictionary<string, string> given)
    {
        if (!given.TryGetValue(option.Name, out var value)) value = "";
        if (option.Form == OptionForm.Secret && given.TryGetValue(option.Name + FileSuffix, out var file) && file.Length > 0)
        {
            if (value.Length > 0) Problem(option.Name, $"is given, and [{option.Name}{FileSuffix}] too; keep one of the two");
            else value = FromFile(option.Name + FileSuffix, file);
        }
        if (value.Length == 0) value = option.Default;
        if (value.Length == 0)
        {
            if (option.Required) Problem(option.Name, $"is required: {option.Description}");
            return;
        }
        if (Wrong(option, value) is { } problem) Problem(option.Name, problem);
        else _values[option.Name] = value;
    }

    private string FromFile(string option, string path)
    {
        try
        {
            return File.ReadAllText(path).TrimEnd('\r', '\n');
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or ArgumentException)
        {
            Problem(option, $"the file [{path}] cannot be read: {cause.Message} Let the user that runs the server read it");
            return "";
        }
    }

    private static string? Wrong(ConnectionOption option, string value) => option.Form switch
    {
        OptionForm.Count when !int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count == 0 =>
            $"is [{value}]; it must be a whole number above 0",
        OptionForm.Time when !TimeValue.TryParse(value, out var time, out _) || time.Duration <= TimeSpan.Zero =>
            $"is [{value}]; it must be a time such as 30s, 5m or 3h",
        OptionForm.Choice when !option.Choices.Contains(value, StringComparer.Ordinal) => $"is [{value}]; it must be one of {string.Join(", ", option.Choices)}",
        OptionForm.File when !File.Exists(value) => $"there is no file [{value}]",
        OptionForm.Folder when !Directory.Exists(value) => $"there is no folder [{value}]",
        OptionForm.Url => WrongUrl(value),
        _ => null,
    };

    private static string? WrongUrl(string value)
    {
        if (!Uri.TryCreate(value, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            return "is no address; write one such as http://localhost:9090";
        if (url.UserInfo.Length > 0) return "has a user or password in it; give them with the options [user] and [password]";
        return url.Query.Length > 0 || url.Fragment.Length > 0 ? "has a query in it; give the address alone, such as http://localhost:9090" : null;
    }
}
