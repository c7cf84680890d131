namespace MlActors.Analysis.Modelling;

/// <summary>A lasting change of the level of a series.</summary>
/// <param name="Since">Start of the first bucket at the new level, epoch seconds.</param>
/// <param name="Before">The level that the values since would have had without it.</param>
/// <param name="After">Their mean.</param>
/// <param name="Size">The step in units of the usual distances.</param>
internal sealed record LevelChange(long Since, double Before, double After, double Size)
{
    /// <param name="origin">What its values are relative to.</param>
    public static LevelChange Of(in LevelWatch.Change change, long since, double origin) =>
        new(since, origin + change.Level - change.Step, origin + change.Level, change.Size);
}
