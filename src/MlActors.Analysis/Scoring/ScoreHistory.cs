using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MlActors.Analysis.Binary;
using MlActors.Analysis.Modelling;

namespace MlActors.Analysis.Scoring;

/// <summary>
/// How often a job has events of which strength, and so what a score is worth in perspective. Events are runs of unusual buckets with gaps below
/// <see cref="Gap"/>, counted by their peak on a logarithmic grid.
/// </summary>
/// <param name="halfLife">Buckets after which an event counts half; 0 when scores stay what they were.</param>
internal sealed class ScoreHistory(double halfLife)
{
    /// <summary>Scores 0, 1 … 100.</summary>
    public const int Scores = 101;

    private const int Cells = 40;
    private const int Gap = 40;

    // Strength from which a bucket belongs to an event.
    private const double Least = 0.4;

    // A scale that differs by less, in points, is not worth telling.
    private const double News = 2;

    private static readonly double[] Identity = [.. Enumerable.Range(0, Scores)];

    private readonly double _fade = halfLife > 0 ? Math.Pow(2, -1 / halfLife) : 1;
    private readonly double[] _told = [.. Identity];
    private bool _isNews;
    private Memory _memory;

    /// <summary>What is saved of it.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Memory
    {
        public Peaks Peaks;
        public double Buckets;
        public float Current;
        public int Since;
    }

    [InlineArray(Cells)]
    private struct Peaks
    {
        private double _first;
    }

    /// <summary>Takes the score of the next bucket.</summary>
    public void Take(double score)
    {
        if (halfLife <= 0) return;
        var strength = ScoreMap.StrengthOf(score);
        for (var cell = 0; cell < Cells; cell++) _memory.Peaks[cell] *= _fade;
        _memory.Buckets = (_memory.Buckets * _fade) + 1;
        if (strength >= Least)
        {
            _memory.Current = Math.Max(_memory.Current, (float)strength);
            _memory.Since = 0;
        }
        else if (_memory.Current > 0 && ++_memory.Since >= Gap)
        {
            _memory.Peaks[Cell(_memory.Current)] += 1;
            _memory.Current = 0;
            LookForNews();
        }
    }

    /// <summary>What scores of 0, 1 … 100 are worth, if that has changed since it was last asked for; <c>null</c> when not.</summary>
    public double[]? TakeNews()
    {
        if (!_isNews) return null;
        _isNews = false;
        return [.. _told];
    }

    public void Write(ByteWriter writer)
    {
        writer.Bool(_memory.Buckets > 0);
        if (_memory.Buckets > 0) writer.Raw<Memory>([_memory]);
        // Most jobs have told nothing yet.
        var told = !_told.AsSpan().SequenceEqual(Identity);
        writer.Bool(told);
        if (told) writer.Raw<double>(_told);
    }

    /// <summary>After a restore the scale is news once: the one that is stored may be of a later state.</summary>
    public void Read(ref ByteReader reader)
    {
        _memory = reader.Bool() ? reader.Raw<Memory>() : default;
        if (reader.Bool()) reader.Raw<double>(_told);
        _isNews = true;
        if (halfLife > 0) return;
        // Scores are to stay what they were from now on.
        _memory = default;
        Identity.CopyTo(_told, 0);
    }

    private void LookForNews()
    {
        var differs = false;
        Span<double> scale = stackalloc double[Scores];
        for (var score = 0; score < Scores; score++)
        {
            scale[score] = WorthOf(score);
            differs |= Math.Abs(scale[score] - _told[score]) > News;
        }
        if (!differs) return;
        scale.CopyTo(_told);
        _isNews = true;
    }

    // Never falls with the score: a stronger event has fewer of its kind.
    private double WorthOf(double score)
    {
        var strength = ScoreMap.StrengthOf(score);
        var events = 0.0;
        for (var cell = Cell(EventMemory.Comparable * strength); cell < Cells; cell++) events += _memory.Peaks[cell];
        // The event that has the score is one of them.
        var others = Math.Max(0, events - 1);
        return Math.Min(score, ScoreMap.StrengthScore(strength / EventMemory.Damping(others, _memory.Buckets)));
    }

    // Five cells to the octave, from 0.3 upwards.
    private static int Cell(double strength) => (int)Math.Clamp(5 * Math.Log2(Math.Max(strength, 1e-9) / 0.3), 0, Cells - 1);
}
