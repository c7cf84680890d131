using System.Collections.Frozen;
using MlActors.Analysis.Results;
using MlActors.Jobs.Results;

namespace MlActors.Jobs.Tests.Results;

public class ModelPlotTests
{
    private static readonly SeriesValue Value = new(0, "", "a", "", 51.5, 51.4, 0, 0, 1, 0, 0);

    [Fact]
    public void Numbers_are_plotted_and_places_are_not()
    {
        new ModelPlot([], FrozenSet<string>.Empty).Includes(Value).ShouldBeTrue();
        new ModelPlot([], new[] { "a" }.ToFrozenSet()).Includes(Value).ShouldBeTrue();
        new ModelPlot([], new[] { "b" }.ToFrozenSet()).Includes(Value).ShouldBeFalse();
        new ModelPlot([], FrozenSet<string>.Empty).Includes(Value with { ActualLongitude = -0.12 }).ShouldBeFalse();
        new ModelPlot([], new[] { "a" }.ToFrozenSet()).Includes(Value with { ActualLongitude = -0.12 }).ShouldBeFalse();
    }
}
