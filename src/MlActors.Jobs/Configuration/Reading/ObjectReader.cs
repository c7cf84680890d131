using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using MlActors.Jobs.Configuration.Fields;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Jobs.Configuration.Reading;

/// <summary>
/// One object of a request, checked against its table when made: unknown, doubled, missing, generated, fixed and unsupported fields and wrong
/// types become problems. The getters give what is there and right, else <c>null</c>.
/// </summary>
public sealed partial class ObjectReader
{
    private readonly string _path;
    private readonly string _section;
    private readonly FieldTable _table;
    private readonly ProblemList _problems;
    private readonly Dictionary<string, JsonElement> _values = new(StringComparer.Ordinal);

    /// <param name="path">Where the object is in the request; empty for the request itself.</param>
    /// <param name="section">Where its fields are in the table.</param>
    public ObjectReader(JsonElement element, string path, string section, FieldTable table, ProblemList problems)
    {
        (_path, _section, _table, _problems) = (path, section, table, problems);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            if (!seen.Add(property.Name))
                Problem(property.Name, "is there twice: keep one of the two", ProblemKind.XContentParse);
            else if (table.Find(section, property.Name) is { } field)
                Take(field, property.Value);
            else
                Problem(property.Name, Unknown(property.Name), ProblemKind.XContentParse);
        }
        foreach (var field in table.In(section))
            if (field.Required && !seen.Contains(field.Name))
                Problem(field.Name, "is required", ProblemKind.IllegalArgument);
    }

    /// <summary>Whether the field was sent, right or wrong.</summary>
    public bool Has(string name) => _values.ContainsKey(name) || _problems.Has(PathOf(name));

    public string PathOf(string name) => _path.Length == 0 ? ProblemList.Shown(name) : $"{_path}.{ProblemList.Shown(name)}";

    public void Problem(string name, string message, ProblemKind kind = ProblemKind.Status) => _problems.Add(PathOf(name), message, kind);

    public string? Text(string name) => _values.TryGetValue(name, out var value) ? value.GetString() : null;

    public bool? Boolean(string name) => _values.TryGetValue(name, out var value) ? value.ValueKind == JsonValueKind.True || IsTrue(value) : null;

    /// <summary>A whole number within limits, both inclusive.</summary>
    public long? Integer(string name, long min = 0, long max = long.MaxValue)
    {
        if (!_values.TryGetValue(name, out var value) || !TryGetInteger(value, out var number)) return null;
        if (number >= min && number <= max) return number;
        Problem(name, number < min ? $"is [{number}]: must be at least {min}" : $"is [{number}]: must be at most {max}");
        return null;
    }

    public double? Number(string name) => _values.TryGetValue(name, out var value) ? value.GetDouble() : null;

    public TimeValue? Duration(string name)
    {
        if (Text(name) is not { } text) return null;
        if (TimeValue.TryParse(text, out var value, out var problem)) return value;
        Problem(name, problem, ProblemKind.IllegalArgument);
        return null;
    }

    /// <summary>A point in time, milliseconds since 1970.</summary>
    public long? Date(string name, DateTimeOffset now)
    {
        if (!_values.TryGetValue(name, out var value)) return null;
        if (DateValue.TryParse(value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText(), now, out var ms, out var problem)) return ms;
        Problem(name, problem, ProblemKind.IllegalArgument);
        return null;
    }

    /// <summary>A size; a number is MiB.</summary>
    public ByteSize? Size(string name)
    {
        if (!_values.TryGetValue(name, out var value)) return null;
        string problem;
        if (value.ValueKind == JsonValueKind.Number)
        {
            if (!TryGetInteger(value, out var count)) problem = "must be a whole number of MiB, or a string with a unit such as 512mb";
            else if (ByteSize.TryParse(count.ToString(CultureInfo.InvariantCulture) + "mb", out var megabytes, out problem)) return megabytes;
        }
        else if (ByteSize.TryParse(value.GetString()!, out var size, out problem))
        {
            return size;
        }
        Problem(name, problem, ProblemKind.IllegalArgument);
        return null;
    }

    /// <summary>A list of strings without repetitions, in order.</summary>
    public ImmutableArray<string>? Texts(string name)
    {
        if (!_values.TryGetValue(name, out var value)) return null;
        var texts = value.ValueKind == JsonValueKind.String ? [value.GetString()!] : value.EnumerateArray().Select(item => item.GetString()!);
        return [.. texts.Distinct(StringComparer.Ordinal)];
    }

    public JsonElement? Custom(string name) => _values.TryGetValue(name, out var value) ? value : null;

    public ObjectReader? Object(string name) =>
        _values.TryGetValue(name, out var value) ? new(value, PathOf(name), Under(name), _table, _problems) : null;

    public IReadOnlyList<ObjectReader> Objects(string name)
    {
        if (!_values.TryGetValue(name, out var value)) return [];
        if (value.ValueKind == JsonValueKind.Object) return [new(value, PathOf(name) + "[0]", Under(name) + "[]", _table, _problems)];
        return [.. value.EnumerateArray().Select((item, i) => new ObjectReader(item, $"{PathOf(name)}[{i}]", Under(name) + "[]", _table, _problems))];
    }

    /// <summary>The items of a list of strings and objects, with their places in this object.</summary>
    public IEnumerable<(string Path, JsonElement Item)> Items(string name)
    {
        if (!_values.TryGetValue(name, out var value)) return [];
        return value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select((item, i) => ($"{name}[{i}]", item)) : [(name, value)];
    }

    private string Under(string name) => _section.Length == 0 ? name : $"{_section}.{name}";

    private string Unknown(string name) => _table.Suggest(_section, name) switch
    {
        null => "is not a known field here: remove it",
        var suggestion => $"is not a known field here: did you mean [{suggestion}]?",
    };
}
