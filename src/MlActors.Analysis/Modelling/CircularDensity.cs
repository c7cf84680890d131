namespace MlActors.Analysis.Modelling;

/// <summary>
/// The density of events on a circle of slots, as a day or a week is, from how many were seen in each: most of an event counts for its slot and the ones
/// beside it, a little for the hours around, so that a time is the less usual the farther it lies from all that were seen; and half an event for all
/// slots alike, as what was never seen is not impossible.
/// </summary>
internal static class CircularDensity
{
    // What the weight of an event falls by from slot to slot: near, the less the more events there are, and around; and how much of it is spread around.
    private const double LeastNear = 0.3;
    private const double MostNear = 0.55;
    private const double Around = 0.8;
    private const double AroundShare = 0.1;

    private const double Unseen = 0.5;

    // What is called usual has at least this share of the greatest density.
    private const double UsualShare = 0.5;

    // And at least this share of its density is of events of its own.
    private const double OwnShare = 0.25;

    /// <param name="mass">How many events were seen in each slot.</param>
    /// <param name="density">Set to the probability of each slot; together 1.</param>
    public static void Of(ReadOnlySpan<float> mass, Span<double> density)
    {
        var total = Unseen;
        foreach (var events in mass) total += events;
        density.Fill(Unseen / (density.Length * total));
        Spread(mass, density, Math.Clamp(1 / (1 + (0.15 * total / mass.Length)), LeastNear, MostNear), (1 - AroundShare) / total);
        Spread(mass, density, Around, AroundShare / total);
    }

    /// <summary>The probability of a slot that is no denser than this one.</summary>
    public static double Probability(ReadOnlySpan<double> density, int slot)
    {
        var sum = 0.0;
        foreach (var other in density)
            if (other <= density[slot])
                sum += other;
        return Math.Min(1, sum);
    }

    /// <summary>
    /// The slot nearest to this one in which events are usual; of two as near, the earlier in the circle. It is one in which events were seen: beside a
    /// job that runs at one time of the day the density is high too, and it never runs there.
    /// </summary>
    /// <param name="mass">What the density was made of.</param>
    public static int NearestUsual(ReadOnlySpan<double> density, ReadOnlySpan<float> mass, int slot)
    {
        var (densest, total) = (0, 0.0);
        for (var i = 0; i < density.Length; i++)
        {
            if (density[i] > density[densest]) densest = i;
            total += mass[i];
        }
        for (var distance = 0; distance <= density.Length / 2; distance++)
        {
            var before = (slot - distance + density.Length) % density.Length;
            if (IsUsual(before, density, mass)) return before;
            var after = (slot + distance) % density.Length;
            if (IsUsual(after, density, mass)) return after;
        }
        return densest;

        bool IsUsual(int at, ReadOnlySpan<double> density, ReadOnlySpan<float> mass) =>
            density[at] >= UsualShare * density[densest] && mass[at] >= OwnShare * total * density[at];
    }

    // Adds Σ fall^|k| mass[slot + k] around the circle, scaled so that all of a mass is given away: two recursive filters, one to each side, each begun
    // with what has gone round.
    private static void Spread(ReadOnlySpan<float> mass, Span<double> density, double fall, double weight)
    {
        var scale = weight * (1 - fall) / (1 + fall);
        var round = 1 / (1 - Math.Pow(fall, mass.Length));
        var sum = 0.0;
        foreach (var events in mass) sum = (fall * sum) + events;
        sum *= round;
        for (var i = 0; i < mass.Length; i++)
        {
            sum = (fall * sum) + mass[i];
            density[i] += scale * sum;
        }
        sum = 0;
        for (var i = mass.Length - 1; i >= 0; i--) sum = (fall * sum) + mass[i];
        sum *= round;
        for (var i = mass.Length - 1; i >= 0; i--)
        {
            // Without the slot itself, which is in the sum to the other side.
            sum *= fall;
            density[i] += scale * sum;
            sum += mass[i];
        }
    }
}
