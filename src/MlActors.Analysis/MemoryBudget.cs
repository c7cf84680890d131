namespace MlActors.Analysis;

/// <summary>
/// Counts what models, open buckets and categories take and says what may still grow. The count follows from what is held (numbers of series, profiles, strings,
/// open accumulators), not from array capacities, so it is the same after a restore. Below 80 % of the limit everything may grow; above it
/// series stop getting weekly profiles and those of other periods; at the limit there are no new series and categories, no daily profiles, and no more influencer values.
/// </summary>
internal sealed class MemoryBudget(long limit)
{
    /// <summary>Above so many tenths of the limit it is tight.</summary>
    public const long SoftTenths = 8;

    public long Limit { get; } = limit;

    /// <summary>Bytes of series and their models.</summary>
    public long ModelBytes { get; set; }

    /// <summary>Bytes of what open buckets have collected.</summary>
    public long OpenBytes { get; set; }

    /// <summary>Bytes of the categories of texts.</summary>
    public long CategoryBytes { get; set; }

    public long Total => ModelBytes + OpenBytes + CategoryBytes;

    public bool AboveSoftLimit => Total > Limit / 10 * SoftTenths;

    /// <summary>Whether there is room for a new category, or for more of a known one.</summary>
    public bool HasRoomForCategory(long bytes) => Total + bytes <= Limit;

    /// <summary>Room for a new series.</summary>
    public bool TryTakeForSeries(long bytes)
    {
        if (Total + bytes > Limit) return false;
        ModelBytes += bytes;
        return true;
    }

    public bool TryTakeForDay(long bytes) => TryTakeForSeries(bytes);

    public bool TryTakeForWeek(long bytes) => Total + bytes <= Limit / 10 * SoftTenths && TryTakeForSeries(bytes);

    /// <summary>Room for looking for other periods, and for their profiles.</summary>
    public bool TryTakeForPeriod(long bytes) => TryTakeForWeek(bytes);

    /// <summary>What a model took and no longer needs.</summary>
    public void GiveBack(long bytes) => ModelBytes -= bytes;

    /// <summary>Room in an open bucket for a series that is known: as much again as the limit, so that known series lose data last of all.</summary>
    public bool TryTakeForAccumulator(long bytes)
    {
        if (OpenBytes + bytes > Limit) return false;
        OpenBytes += bytes;
        return true;
    }

    public bool TryTakeForInfluence(long bytes)
    {
        if (Total + bytes > Limit) return false;
        OpenBytes += bytes;
        return true;
    }
}
