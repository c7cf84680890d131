namespace MlActors.Analysis.Time;

/// <summary>
/// Bounds what long silences cost. Every bucket with records earns <see cref="Earned"/> empty buckets that will be analysed, up to
/// <see cref="Most"/> saved up; an empty bucket without credit gets no result and updates no model: the analysis jumps over it.
/// So a batch of n records never finishes more than about (1 + <see cref="Earned"/>)·n + <see cref="Most"/> buckets, however far apart they are.
/// An advance of time is granted as many for itself, and nothing of that is saved up: a silence whose time is advanced bit by bit is analysed for as
/// long as it lasts, and the state does not tell in how many bits.
/// </summary>
internal struct EmptyBucketBudget(int credit)
{
    /// <summary>A week of five-minute buckets.</summary>
    public const int Most = 2016;

    /// <summary>One record an hour in one-minute buckets still has all its buckets analysed.</summary>
    public const int Earned = 60;

    public int Credit { get; private set; } = credit;

    public void Earn() => Credit = Math.Min(Most, Credit + Earned);

    /// <summary>How many of a run of empty buckets, its first ones, are analysed.</summary>
    /// <param name="emptyBuckets">The length of the run.</param>
    /// <param name="granted">Buckets that are analysed before credit is touched; less what was taken of it.</param>
    public long Spend(long emptyBuckets, ref int granted)
    {
        var free = (int)Math.Min(emptyBuckets, granted);
        granted -= free;
        var paid = (int)Math.Min(emptyBuckets - free, Credit);
        Credit -= paid;
        return free + paid;
    }
}
