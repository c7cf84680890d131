namespace MlActors.Quality.Nab;

/// <summary>What the alerts at one threshold amount to, before a profile puts a price on it.</summary>
/// <param name="Threshold">Rows with at least this score are alerts.</param>
/// <param name="Reward">Sum over the found windows, each in (0, 1] by how early its first alert is.</param>
/// <param name="Penalty">Sum over the alerts outside, each in (0, 1] by how far behind the last window it is.</param>
public readonly record struct NabTally(double Threshold, double Reward, int HitWindows, double Penalty, int FalsePoints)
{
    public static NabTally operator +(NabTally a, NabTally b) =>
        new(a.Threshold, a.Reward + b.Reward, a.HitWindows + b.HitWindows, a.Penalty + b.Penalty, a.FalsePoints + b.FalsePoints);
}
