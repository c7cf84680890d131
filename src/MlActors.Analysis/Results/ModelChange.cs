namespace MlActors.Analysis.Results;

/// <summary>A lasting change of the level of one series, made certain by the bucket that has it.</summary>
/// <param name="DetectorIndex">Position of the detector in the settings.</param>
/// <param name="Function">What of its values has changed: the detector's function, or of <c>metric</c> the mean, the minimum or the maximum.</param>
/// <param name="Partition">Value of the partition field, empty without one; so with the others.</param>
/// <param name="Since">Start of the first bucket at the new level, epoch seconds.</param>
/// <param name="Before">What the mean of the values since would have been without it.</param>
/// <param name="After">Their mean.</param>
/// <param name="Size">The step in usual distances from what is expected.</param>
public sealed record ModelChange(
    int DetectorIndex, string Function, string Partition, string By, string Over, long Since, double Before, double After, double Size);
