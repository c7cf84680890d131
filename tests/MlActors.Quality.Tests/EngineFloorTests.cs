using MlActors.Quality.Nab;

namespace MlActors.Quality.Tests;

/// <summary>Floors of our own engine on real, labelled data. The benchmark prints the figures themselves.</summary>
public class EngineFloorTests
{
    private static readonly Lazy<NabRun> Run = new(() => NabRun.Of(NabData.Find()!.Files(), EngineDetector.Run));

    [NabFact]
    public void The_engine_keeps_its_score_in_every_profile()
    {
        var run = Run.Value;
        var scores = NabProfile.All.Zip(run.Best(NabProfile.All), (profile, tally) => profile.Score(tally, run.Scorer.Windows)).ToArray();
        scores[0].ShouldBeGreaterThanOrEqualTo(73, "standard");
        scores[1].ShouldBeGreaterThanOrEqualTo(64, "reward_low_FP_rate");
        scores[2].ShouldBeGreaterThanOrEqualTo(79, "reward_low_FN_rate");
    }

    [NabFact]
    public void At_a_score_of_75_most_of_the_events_are_labelled_and_nearly_half_of_the_windows_are_found()
    {
        var events = Run.Value.EventsAt(75);
        events.Recall.ShouldBeGreaterThan(0.45);
        events.Precision.ShouldBeGreaterThan(0.55);
        events.FalseEventsPerThousandRows.ShouldBeLessThan(0.15);
    }
}
