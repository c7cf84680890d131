using MlActors.Analysis.Input;
using MlActors.Analysis.Tests.Support;
using static MlActors.Analysis.Tests.Support.Settings;

namespace MlActors.Analysis.Tests;

public class StateFormatTests
{
    private static readonly AnalysisSettings Used = Of(60, Detector("mean", "value", by: "host")).WithInfluencers("region") with { Latency = 60, SummaryCountField = "n" };

    [Fact]
    public void Every_flipped_bit_is_refused()
    {
        var state = Saved();
        for (var i = 0; i < state.Length; i++)
        {
            for (var bit = 0; bit < 8; bit += 7)
            {
                state[i] ^= (byte)(1 << bit);
                Should.Throw<ModelStateException>(() => JobAnalysis.Restore(Used, state), $"byte {i}");
                state[i] ^= (byte)(1 << bit);
            }
        }
        JobAnalysis.Restore(Used, state);
    }

    [Fact]
    public void Every_truncation_is_refused_and_named()
    {
        var state = Saved();
        for (var length = 0; length < state.Length; length++)
        {
            var cut = state.AsSpan(0, length).ToArray();
            Should.Throw<ModelStateException>(() => JobAnalysis.Restore(Used, cut)).Message.ShouldContain("truncated");
        }
        Should.Throw<ModelStateException>(() => JobAnalysis.Restore(Used, [.. state, 0])).Message.ShouldContain("damaged");
    }

    [Fact]
    public void Another_format_version_is_named()
    {
        var state = Saved();
        state[4] = 9;
        Should.Throw<ModelStateException>(() => JobAnalysis.Restore(Used, state)).Message.ShouldContain("version 9");
        state[0] = (byte)'X';
        Should.Throw<ModelStateException>(() => JobAnalysis.Restore(Used, state)).Message.ShouldContain("no model state");
    }

    [Fact]
    public void Other_settings_are_refused_and_named()
    {
        var state = Saved();
        Refused(Used with { BucketSpan = 30 }, "bucket_span");
        Refused(Used with { Latency = 0 }, "latency");
        Refused(Used with { Influencers = [] }, "influencers");
        Refused(Used with { SummaryCountField = null }, "summary_count_field_name");
        Refused(Used with { Detectors = [Detector("mean", "value", by: "shop")] }, "detectors");
        Refused(Used with { Detectors = [Detector("mean", "value", by: "host", useNull: true)] }, "detectors");

        void Refused(AnalysisSettings other, string name) =>
            Should.Throw<ModelStateException>(() => JobAnalysis.Restore(other, state)).Message.ShouldContain(name);
    }

    [Fact]
    public void Limits_may_change_between_save_and_restore()
    {
        var restored = JobAnalysis.Restore(Used with { ModelMemoryLimit = 2L << 30, ModelPruneWindow = 7200 }, Saved());
        restored.SizeStats.MemoryLimit.ShouldBe(2L << 30);
        restored.Changed.ShouldBeFalse();
    }

    [Fact]
    public void Strings_are_written_once()
    {
        var name = new string('x', 1000);
        var settings = Of(60, Detector("count", by: "host"), Detector("mean", "value", partition: "host", index: 1)).WithInfluencers("region");
        var analysis = JobAnalysis.Create(settings);
        analysis.FoldAll(BatchBuilder.Records(settings, new Row(0, ("host", name), ("value", 1), ("region", name)), new Row(60, ("host", name), ("value", 1), ("region", name))));
        analysis.SaveState().Length.ShouldBeLessThan(2000);
    }

    private static byte[] Saved()
    {
        var analysis = JobAnalysis.Create(Used);
        var rows = Enumerable.Range(0, 60).Select(i => new Row(i * 31, ("value", i), ("host", $"h{i % 2}"), ("region", $"r{i % 5}"), ("n", 2)));
        analysis.FoldAll(BatchBuilder.Records(Used, [.. rows]));
        return analysis.SaveState();
    }
}
