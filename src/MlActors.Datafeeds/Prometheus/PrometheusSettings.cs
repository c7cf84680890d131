using System.Collections.Immutable;
using System.Text.Json;
using MlActors.Analysis.Input;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Fields;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Configuration.Values;
using MlActors.Jobs.Datafeeds;

namespace MlActors.Datafeeds.Prometheus;

/// <summary>What a datafeed reads of a Prometheus server.</summary>
/// <param name="Queries">PromQL, by the field that gets the values.</param>
/// <param name="StepMs">Distance of the points, milliseconds; they are at its multiples.</param>
/// <param name="LabelFields">Labels that become fields; <c>null</c> for all.</param>
internal sealed record PrometheusSettings(ImmutableArray<KeyValuePair<string, string>> Queries, long StepMs, ImmutableHashSet<string>? LabelFields)
{
    private const string DefaultStep = "60s";

    /// <summary>The fields of <c>source</c>.</summary>
    public static FieldTable Fields { get; } = new(
    [
        new(DatafeedSources.ConnectionField, FieldType.Text, null, "Name of the connection.") { Required = true },
        new("query", FieldType.Text, null, "A PromQL expression; each of its series gives a record at each step."),
        new("queries", FieldType.Custom, null, "Instead, several expressions by the names of the fields that get their values; each gives records of its own."),
        new("step", FieldType.Duration, DefaultStep, "How far apart the points are; they are at multiples of it."),
        new("value_field", FieldType.Text, "value", "The field that gets the value of `query`."),
        new("label_fields", FieldType.Texts, "all labels", "The labels that become fields."),
    ]);

    public static PrometheusSettings Read(DatafeedConfig datafeed, JobConfig job, ProblemList problems)
    {
        var source = new ObjectReader(datafeed.Source!.Value, "source", "", Fields, problems);
        var step = source.Duration("step") ?? TimeValue.Parse(DefaultStep, "step");
        if (step.Duration < TimeSpan.FromMilliseconds(1)) source.Problem("step", $"is [{step}]: must be at least 1ms", ProblemKind.IllegalArgument);
        var queries = ReadQueries(source);
        if (source.Has("query") == source.Has("queries")) source.Problem("query", "or [queries] is required, one of the two", ProblemKind.IllegalArgument);
        if (source.Has("queries") && source.Has("value_field")) source.Problem("value_field", "has a meaning with [query] only: name the fields in [queries]", ProblemKind.IllegalArgument);
        var settings = new PrometheusSettings(queries, Math.Max(1, (long)step.Duration.TotalMilliseconds), source.Texts("label_fields")?.ToImmutableHashSet(StringComparer.Ordinal));
        if (!problems.Any) settings.CheckFields(source, job.ToSettings().Schema);
        return settings;
    }

    private static ImmutableArray<KeyValuePair<string, string>> ReadQueries(ObjectReader source)
    {
        if (source.Text("query") is { } single) return [new(source.Text("value_field") ?? "value", single)];
        if (source.Custom("queries") is not { } several) return [];
        var queries = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        foreach (var query in several.EnumerateObject())
        {
            if (query.Value.ValueKind == JsonValueKind.String) queries.Add(new(query.Name, query.Value.GetString()!));
            else source.Problem("queries", $"must hold texts, which the query of [{ProblemList.Shown(query.Name)}] is not", ProblemKind.IllegalArgument);
        }
        if (queries.Count == 0) source.Problem("queries", "is empty: name a field and its query", ProblemKind.IllegalArgument);
        return queries.ToImmutable();
    }

    // What no record will ever have would be a job that learns nothing.
    private void CheckFields(ObjectReader source, BatchSchema schema)
    {
        foreach (var field in schema.Fields.DistinctBy(field => field.Name).Where(field => !Queries.Any(query => query.Key == field.Name)))
        {
            if (field.Kind == FieldKind.Number)
            {
                source.Problem(source.Has("queries") ? "queries" : "value_field",
                    $"must give the field [{field.Name}], which the job reads as a number; it gives [{string.Join(", ", Queries.Select(query => query.Key))}]", ProblemKind.IllegalArgument);
            }
            else if (LabelFields is { } labels && !labels.Contains(field.Name))
            {
                source.Problem("label_fields", $"must have [{field.Name}], which the job uses", ProblemKind.IllegalArgument);
            }
        }
    }
}
