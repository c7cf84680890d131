using System.Collections.Frozen;
using System.Collections.Immutable;

namespace MlActors.Jobs.Configuration.Fields;

/// <summary>All fields of one kind of request, found by the object they belong to and their name.</summary>
public sealed class FieldTable(ImmutableArray<JobField> all)
{
    // A longer name than any here is not looked up among its neighbours.
    private const int LongestName = 64;

    private readonly FrozenDictionary<string, FrozenDictionary<string, JobField>> _sections = all
        .GroupBy(field => field.Section, StringComparer.Ordinal)
        .ToFrozenDictionary(group => group.Key, group => group.ToFrozenDictionary(field => field.Name, StringComparer.Ordinal), StringComparer.Ordinal);

    /// <summary>In the order of the documentation.</summary>
    public ImmutableArray<JobField> All { get; } = all;

    public JobField? Find(string section, string name) =>
        _sections.TryGetValue(section, out var fields) ? fields.GetValueOrDefault(name) : null;

    public IEnumerable<JobField> In(string section) => All.Where(field => string.Equals(field.Section, section, StringComparison.Ordinal));

    /// <summary>The field that was probably meant by an unknown name: one of the same object spelt nearly so, else one of that name elsewhere.</summary>
    public string? Suggest(string section, string name)
    {
        if (name.Length > LongestName) return null;
        var allowed = Math.Clamp(name.Length / 3, 1, 3);
        var nearest = In(section).Where(field => field.Use == FieldUse.Accepted)
            .Select(field => (field.Name, Distance: EditDistance.Between(name, field.Name)))
            .Where(pair => pair.Distance <= allowed)
            .OrderBy(pair => pair.Distance)
            .Select(pair => pair.Name)
            .FirstOrDefault();
        return nearest ?? All.FirstOrDefault(field => field.Use == FieldUse.Accepted && string.Equals(field.Name, name, StringComparison.Ordinal))?.Path;
    }
}
