using MlActors.Quality.Nab;

namespace MlActors.Quality.Tests;

public class NabDataTests
{
    [NabFact]
    public void The_benchmark_has_58_files_and_116_windows()
    {
        var files = NabData.Find()!.Files();
        (files.Count, files.Sum(file => file.Windows.Count), files.Sum(file => file.Rows)).ShouldBe((58, 116, 365_558));
    }

    [NabFact]
    public void The_scores_of_published_detectors_come_out_as_published()
    {
        var data = NabData.Find()!;
        var files = data.Files();
        foreach (var detector in data.Detectors())
        {
            var run = NabRun.Of(files, file => data.Scores(detector, file));
            foreach (var (profile, tally) in NabProfile.All.Zip(run.Best(NabProfile.All)))
                profile.Score(tally, run.Scorer.Windows).ShouldBe(data.Published(detector, profile), 0.1, $"{detector}, {profile.Name}");
        }
    }
}
