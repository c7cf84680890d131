namespace MlActors.Quality.Synthetic;

/// <summary>All kinds of made-up streams, by suite.</summary>
public static class SyntheticSuites
{
    public static IReadOnlyList<(string Name, IReadOnlyList<SyntheticKind> Kinds)> All { get; } =
    [
        ("noise", SingleSeries.Noise), ("patterns", SingleSeries.Patterns), ("incidents", SingleSeries.Incidents), ("periods", SingleSeries.Periods),
        ("population", Populations.Kinds), ("many", ManySeries.Kinds), ("rare", RareValues.Kinds), ("categories", Messages.Kinds),
    ];

    public static SyntheticKind Find(string name) => All.SelectMany(suite => suite.Kinds).Single(kind => kind.Name == name);
}
