namespace MlActors.Quality.Nab;

/// <summary>What one application pays: for a window that was found, for one that was missed, for an alert outside.</summary>
public sealed record NabProfile(string Name, double Found, double Missed, double FalseAlert)
{
    public static NabProfile Standard { get; } = new("standard", 1, 1, 0.11);

    public static NabProfile LowFalsePositives { get; } = new("reward_low_FP_rate", 1, 1, 0.22);

    public static NabProfile LowFalseNegatives { get; } = new("reward_low_FN_rate", 1, 2, 0.11);

    public static IReadOnlyList<NabProfile> All { get; } = [Standard, LowFalsePositives, LowFalseNegatives];

    /// <summary>The score: 0 for a detector that never alerts, 100 for one that alerts once at the start of every window and nowhere else.</summary>
    public double Score(in NabTally tally, int windows)
    {
        var raw = (Found * tally.Reward) - (Missed * (windows - tally.HitWindows)) - (FalseAlert * tally.Penalty);
        var (never, perfect) = (-Missed * windows, Found * windows);
        return 100 * (raw - never) / (perfect - never);
    }
}
