using MlActors.Analysis.Modelling;

namespace MlActors.Analysis.Scoring;

/// <summary>The fixed map from probabilities to scores, and ways to join probabilities. All probabilities are log10, in [−300, 0].</summary>
internal static class ScoreMap
{
    /// <summary>Only less probable values are records.</summary>
    public static readonly double RecordLogProbability = Math.Log10(0.05);

    /// <summary>More than this many do not make a bucket or an influencer any more certain.</summary>
    public const int MostJoined = 32;

    private const double CriticalDecades = 4;

    // Chosen so that a probability of 1e-4 has score 75: 1 − exp(−ln 4) = 0.75.
    private static readonly double Width = (CriticalDecades + RecordLogProbability) / Math.Sqrt(Math.Log(4));

    /// <summary>0 from 0.05 up, 9 at 1e-2, 42 at 1e-3, 75 at 1e-4, 93 at 1e-5, towards 100 below; never rising with the probability.</summary>
    public static double Score(double logProbability)
    {
        var excess = (RecordLogProbability - logProbability) / Width;
        return excess <= 0 ? 0 : -100 * double.ExpM1(-excess * excess);
    }

    /// <summary>The log10 of the probability that has a score.</summary>
    public static double LogOf(double score) =>
        score <= 0 ? 0 : Math.Max(-300, RecordLogProbability - (Width * Math.Sqrt(-double.LogP1(-Math.Min(score, 100) / 100))));

    /// <summary>
    /// The score of a record: by two fifths how strong its signals are on an absolute scale, by three how seldom its own series shows such strength. So neither
    /// a series that is wild every day nor one that has never stirred reaches a high score by itself. 0 for what is not rare.
    /// </summary>
    /// <param name="strength">About decades of improbability, <see cref="Judgement"/>.</param>
    public static double RecordScore(double strength, double logProbability) =>
        logProbability >= RecordLogProbability ? 0 : (0.4 * StrengthScore(strength)) + (0.6 * Score(logProbability));

    /// <summary>The absolute scale: 75 at <see cref="Strength.Critical"/>, halving the rest to 100 with every half of it.</summary>
    public static double StrengthScore(double strength) => 100 * (1 - Math.Pow(2, -2 * strength / Strength.Critical));

    /// <summary>The strength that has a score; the counterpart of <see cref="StrengthScore"/>.</summary>
    public static double StrengthOf(double score) => -Strength.Critical / 2 * Math.Log2(1 - (Math.Clamp(score, 0, 99.999) / 100));

    public static double Probability(double logProbability) => Math.Clamp(Math.Pow(10, logProbability), 1e-300, 1);

    /// <summary>
    /// How improbable it is that among <paramref name="count"/> independent series the least probable values are as small as these. Takes the smaller
    /// of: one extreme (1 − (1 − p)^n) and, doubled for having looked at both, k small ones (Chernoff's bound on the binomial tail).
    /// </summary>
    /// <param name="smallest">The smallest probabilities, ascending.</param>
    public static double AmongMany(ReadOnlySpan<double> smallest, long count)
    {
        if (smallest.IsEmpty) return 0;
        var log = LogOneExtreme(smallest[0], count);
        for (var k = 2; k <= smallest.Length; k++) log = Math.Min(log, Math.Log10(2) + LogAtLeast(k, count, smallest[k - 1]));
        return Math.Clamp(log, -300, 0);
    }

    /// <summary>Fisher's method for the records that one influencer value had a part in: P(product of k uniform values ≤ this product).</summary>
    public static double Fisher(ReadOnlySpan<double> logProbabilities)
    {
        var x = 0.0;
        foreach (var log in logProbabilities) x -= log * Math.Log(10);
        if (x <= 0) return 0;
        // e^−x · Σ x^i / i!, summed relative to its largest term.
        var (term, largest) = (0.0, 0.0);
        for (var i = 1; i < logProbabilities.Length; i++) largest = Math.Max(largest, term += Math.Log(x / i));
        var (sum, logTerm) = (Math.Exp(-largest), 0.0);
        for (var i = 1; i < logProbabilities.Length; i++) sum += Math.Exp((logTerm += Math.Log(x / i)) - largest);
        return Math.Clamp((largest + Math.Log(sum) - x) / Math.Log(10), -300, 0);
    }

    private static double LogOneExtreme(double log, long count)
    {
        var probability = Math.Pow(10, log);
        return probability * count < 1e-6
            ? log + Math.Log10(count)
            : Math.Log10(-double.ExpM1(count * LogOfRest(probability)));
    }

    // ln(1 − p). The runtime's LogP1 is a logarithm of 1 + x, which knows nothing of small x; multiplied by a large count that shows.
    private static double LogOfRest(double probability) => probability > 1e-4
        ? Math.Log(1 - probability)
        : -probability * (1 + (probability * (0.5 + (probability * ((1.0 / 3) + (probability / 4))))));

    private static double LogAtLeast(int k, long count, double log)
    {
        var (share, probability) = ((double)k / count, Math.Pow(10, log));
        if (share > 1 || probability >= share) return 0;
        var rest = share < 1 ? (1 - share) * Math.Log((1 - share) / (1 - probability)) : 0;
        return -count * ((share * (Math.Log(share) - (log * Math.Log(10)))) + rest) / Math.Log(10);
    }
}
