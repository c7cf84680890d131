using System.Runtime.InteropServices;

namespace MlActors.Analysis.Modelling;

/// <summary>
/// Finds lasting changes of the level of a series: two one-sided cumulative sums of the standardised distance from what is expected (Page 1954), less its
/// usual bias, so that a trend is no change. A run, the stretch since a sum was last 0, is taken for a change once it is long, once the sum is a multiple of
/// what such sums usually reach, so that neither a series that wanders nor one with an unknown pattern changes all the time, and if the values follow
/// what is expected but for a constant: an outage is no new level.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct LevelWatch
{
    // What the sums forgive in a bucket, and the most that a bucket adds.
    private const double Allowance = 0.5;
    private const double Winsor = 4;

    // The sum of a change is so many times the usual one, and the usual one at least this.
    private const double Factor = 4;
    private const double LeastUsual = 4;

    // Of the distance from the expected value: the mean in scales, at least; how far single ones lie from it in scales, at most.
    private const double LeastStep = 2;
    private const double MostSpread = 1.5;

    // The first part of the shortest run, by how many it is divided, already shows so much of the step.
    private const int Opening = 4;
    private const double LeastEarly = 0.6;

    // A run that is no change after so many times the shortest is given up.
    private const int Longest = 4;

    // The usual sum halves after so many times the shortest run.
    private const int HalfLife = 14;

    private Run _up;
    private Run _down;

    // Before the first of the runs that are under way.
    private Calm _calm;
    private float _bias;
    private float _usual;

    public LevelWatch() => _usual = (float)LeastUsual;

    /// <summary>What a series was like before anything began.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    public struct Calm
    {
        public float LevelError;
        public float DayError;
        public float WeekError;
        public float FoundError;
        public OwnTail Strength;
    }

    /// <summary>The stretch since a sum was 0.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Run
    {
        public float Sum;
        public int First;
        public int Length;
        public int Steps;
        public float Step;
        public float Early;
        public float Spread;
        public float Value;
        public float Bias;
        public float Level;
    }

    /// <summary>Whether something is going on that may be a change.</summary>
    public readonly bool Suspects(int shortest) => Doubtful(_up, shortest) || Doubtful(_down, shortest);

    private readonly bool Doubtful(in Run run, int shortest) => run.Sum > Factor * _usual && run.Length < 2 * shortest;

    /// <summary>Takes the next bucket.</summary>
    /// <param name="bucket">Its number.</param>
    /// <param name="distance">From what is expected, in scales.</param>
    /// <param name="expected">NaN when the slow level is what is expected: the one before the run counts then, for it follows a change.</param>
    /// <param name="fresh">Whether the expected value has not learnt from the buckets just before: it would have followed the change.</param>
    /// <param name="shortest">Buckets that a change lasts at least.</param>
    /// <param name="level">The slow level before it learns the bucket.</param>
    /// <param name="calm">What the series is like before it learns the bucket.</param>
    /// <param name="change">Set when the answer is true.</param>
    public bool Take(int bucket, double distance, double value, double expected, double scale, bool fresh, int shortest, double level, in Calm calm, out Change change)
    {
        change = default;
        distance = Math.Clamp(distance, -Winsor, Winsor);
        var own = distance - _bias;
        _usual = (float)Math.Max(LeastUsual, _usual * Math.Pow(2, -1.0 / (HalfLife * shortest)));
        if (_up.Length == 0 && _down.Length == 0) _calm = calm;
        Add(ref _up, bucket, own, value, expected, scale, fresh, shortest, level);
        Add(ref _down, bucket, -own, value, expected, scale, fresh, shortest, level);
        _bias += (float)((distance - _bias) / (Longest * shortest));
        ref var run = ref _up.Sum >= _down.Sum ? ref _up : ref _down;
        if (run.Length < shortest) return false;
        if (run.Sum >= Factor * _usual && IsStep(run, scale))
        {
            change = new Change(run.First, run.Length, run.Step, run.Value, Math.Abs(run.Step) / scale, _calm);
            // The next one is to be as large or as long: a series that goes to and fro in the same time does not change every time.
            _usual = Math.Max(_usual, (float)(run.Sum / Factor));
            _bias = run.Bias;
            (_up, _down) = (default, default);
            return true;
        }
        if (run.Length >= Longest * shortest) End(ref run);
        return false;
    }

    // A trend comes little by little, an outage makes flat what is not.
    private static bool IsStep(in Run run, double scale) =>
        Math.Abs(run.Step) >= LeastStep * scale && Math.Abs(run.Early) >= LeastEarly * Math.Abs(run.Step) && run.Spread <= MostSpread * scale;

    private void Add(ref Run run, int bucket, double distance, double value, double expected, double scale, bool fresh, int shortest, double level)
    {
        if (run.Sum + distance - Allowance <= 0)
        {
            if (run.Length > 0) End(ref run);
            return;
        }
        // What a bucket makes larger than all before it begins with that bucket.
        if (distance - Allowance > run.Sum) run = default;
        if (run.Length == 0) (run.First, run.Level, run.Bias) = (bucket, (float)level, _bias);
        run.Sum += (float)(distance - Allowance);
        run.Length++;
        var step = value - (double.IsNaN(expected) ? run.Level : expected);
        if (run.Length == 1)
        {
            (run.Step, run.Early, run.Steps, run.Value, run.Spread) = ((float)step, (float)step, 1, (float)value, (float)scale);
            return;
        }
        var off = Math.Clamp(step - run.Step, -Winsor * scale, Winsor * scale);
        if (run.Length <= shortest / Opening) run.Early += (float)((run.Step + off - run.Early) / run.Length);
        if (fresh || double.IsNaN(expected)) run.Step += (float)(off / ++run.Steps);
        run.Value += (float)((value - run.Value) / run.Length);
        run.Spread += (float)((Math.Abs(off) - run.Spread) / run.Length);
    }

    private void End(ref Run run)
    {
        _usual = Math.Max(_usual, run.Sum);
        run = default;
    }

    /// <summary>A change of level.</summary>
    /// <param name="First">Number of the first bucket after it.</param>
    /// <param name="Length">Buckets with a value since.</param>
    /// <param name="Step">By how much the level rose.</param>
    /// <param name="Level">Mean of the values since.</param>
    /// <param name="Size">The step in scales.</param>
    /// <param name="Before">What the series was like before it.</param>
    [StructLayout(LayoutKind.Auto)]
    public readonly record struct Change(int First, int Length, double Step, double Level, double Size, Calm Before);
}
