namespace MlActors.Analysis.Modelling;

/// <summary>
/// How strong the buckets of a series usually are: streaming 95 % and 99 % quantiles of the combined strength and, beyond them, a Pareto tail
/// (Hill 1975), shrunk towards shape <see cref="PriorShape"/>. Turns a strength into the probability that this series shows such a bucket.
/// Strong buckets come in runs when something is wrong; the k-th of a run counts 1/∛k, so that one long incident does not make the next one usual.
/// </summary>
internal struct OwnTail
{
    private const double PriorShape = 2;
    private const double PriorWeight = 20;
    private const int MostExceedances = 200;

    // What is left of the length of a run after a bucket that was not strong.
    private const float Left = 0.5f;

    // Of series that hardly ever stir; strength is on an absolute scale.
    private const float Least95 = 0.1f;
    private const float Least99 = 0.2f;

    private float _quantile95;
    private float _quantile99;
    private float _logExcess;
    private float _exceedances;
    private float _run;

    public OwnTail() => (_quantile95, _quantile99) = (Least95, Least99);

    /// <summary>log10 of the probability of a bucket at least as strong, in [−300, 0].</summary>
    /// <param name="known">How many values were learnt: n of them say nothing of what is rarer than one in n².</param>
    public readonly double LogProbability(double strength, long known)
    {
        if (strength <= 0) return 0;
        if (strength > _quantile99) return Math.Max(-2 * Math.Log10(known + 1), -2 - (Shape * Math.Log10(strength / _quantile99)));
        return strength > _quantile95
            ? Between(strength, _quantile95, _quantile99, Math.Log10(0.05), -2)
            : Math.Log10(1 - (0.95 * strength / _quantile95));
    }

    public void Learn(double strength, long known)
    {
        var rate = Math.Clamp(2 / Math.Sqrt(known + 1), 0.05, 0.5);
        if (strength > _quantile99)
        {
            _run++;
            var weight = 1 / MathF.Cbrt(_run);
            _exceedances = Math.Min(_exceedances + weight, MostExceedances);
            _logExcess += (float)((Math.Log(strength / _quantile99) - _logExcess) * weight / _exceedances);
            rate *= weight;
        }
        else
        {
            _run *= Left;
        }
        _quantile95 = Math.Max(Follow(_quantile95, strength, 0.95, rate), Least95);
        _quantile99 = Math.Max(Follow(_quantile99, strength, 0.99, rate), Math.Max(Least99, 1.05f * _quantile95));
    }

    private readonly double Shape => (_exceedances + PriorWeight) / ((_exceedances * _logExcess) + (PriorWeight / PriorShape));

    private static float Follow(float quantile, double value, double share, double rate) =>
        (float)(quantile * (value > quantile ? 1 + (rate * share) : 1 - (rate * (1 - share))));

    private static double Between(double x, double x0, double x1, double y0, double y1) => y0 + ((x - x0) / (x1 - x0) * (y1 - y0));
}
