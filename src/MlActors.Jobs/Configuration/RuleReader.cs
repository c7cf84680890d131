using System.Collections.Immutable;
using System.Text.Json;
using MlActors.Jobs.Configuration.Reading;

namespace MlActors.Jobs.Configuration;

/// <summary>Reads the rules of a detector. Whether they fit it is <see cref="RuleChecks"/>' business.</summary>
internal static class RuleReader
{
    public static ImmutableArray<RuleConfig> ReadRules(ObjectReader detector) =>
        detector.Objects("custom_rules") is { Count: > 0 } rules ? [.. rules.Select(ReadRule)] : [];

    private static RuleConfig ReadRule(ObjectReader rule)
    {
        var read = new RuleConfig
        {
            Actions = rule.Texts("actions") ?? [RuleNames.SkipResult],
            Scope = rule.Custom("scope") is { } scope ? ReadScope(rule, scope) : [],
            Conditions = [.. rule.Objects("conditions").Select(condition =>
                new ConditionConfig(condition.Text("applies_to") ?? "", condition.Text("operator") ?? "", condition.Number("value") ?? 0))],
        };
        foreach (var action in read.Actions.Where(action => action is not (RuleNames.SkipResult or RuleNames.SkipModelUpdate)))
            rule.Problem("actions", $"has [{ProblemList.Shown(action)}]: must be [{RuleNames.SkipResult}], [{RuleNames.SkipModelUpdate}] or both");
        if (read.Actions.IsEmpty) rule.Problem("actions", "is empty: name what the rule does, or leave the field out");
        if (read.Conditions.IsEmpty && read.Scope.IsEmpty && !rule.Has("scope"))
            rule.Problem("conditions", "is empty: a rule needs at least one condition, or a scope");
        return read;
    }

    // A table cannot describe it: its fields are named by the user.
    private static ImmutableArray<ScopeConfig> ReadScope(ObjectReader rule, JsonElement scope)
    {
        var read = ImmutableArray.CreateBuilder<ScopeConfig>();
        foreach (var field in scope.EnumerateObject())
        {
            var name = "scope." + ProblemList.Shown(field.Name);
            if (read.Any(known => known.Field == field.Name))
                rule.Problem(name, "is there twice: keep one of the two", ProblemKind.XContentParse);
            else if (field.Value.ValueKind != JsonValueKind.Object)
                rule.Problem(name, $"must be an object with a filter_id, not {JsonNames.Of(field.Value)}", ProblemKind.XContentParse);
            else
                read.Add(ReadFilterRef(rule, name, field));
        }
        if (!scope.EnumerateObject().Any() && !rule.Has("conditions"))
            rule.Problem("scope", "is empty: name a field and its filter, or leave it out and give conditions");
        return read.ToImmutable();
    }

    private static ScopeConfig ReadFilterRef(ObjectReader rule, string name, JsonProperty field)
    {
        string? filter = null, type = RuleNames.Include;
        foreach (var property in field.Value.EnumerateObject())
        {
            var at = $"{name}.{ProblemList.Shown(property.Name)}";
            var text = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString() : null;
            if (property.Name is not ("filter_id" or "filter_type"))
                rule.Problem(at, "is not a known field here: use [filter_id] and [filter_type]", ProblemKind.XContentParse);
            else if (text is null)
                rule.Problem(at, $"must be a string, not {JsonNames.Of(property.Value)}", ProblemKind.XContentParse);
            else if (property.Name is "filter_id")
                filter = text;
            else if (text is RuleNames.Include or RuleNames.Exclude)
                type = text;
            else
                rule.Problem(at, $"is [{ProblemList.Shown(text)}]: must be [{RuleNames.Include}] or [{RuleNames.Exclude}]");
        }
        var id = name + ".filter_id";
        if (filter is null && !rule.Has(id))
            rule.Problem(id, "is required", ProblemKind.IllegalArgument);
        else if (filter is not null && !JobId.IsValid(filter))
            rule.Problem(id, $"is [{ProblemList.Shown(filter)}]: must {JobId.Rule}", ProblemKind.IllegalArgument);
        return new ScopeConfig(field.Name, filter ?? "", type);
    }
}
