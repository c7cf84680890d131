using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MlActors.Analysis.Modelling;
using MlActors.Analysis.Series;

namespace MlActors.Analysis.Judging;

/// <summary>A series that may go together with others of its partition: one that it does, and one that is on trial.</summary>
internal sealed class CorrelatedSeries(SeriesKey key) : SeriesModel(key)
{
    /// <summary>What it takes beyond a <see cref="SeriesModel"/>: its fields, its place in the order and what is held of it while a bucket is judged.</summary>
    public static readonly long OwnBytes = (2 * 8) + (6 * 4) + Unsafe.SizeOf<Saved>() + 8 + Unsafe.SizeOf<HeldJudgement>();

    private Saved _saved;

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    public struct Saved
    {
        public Partnership Partnership;
        public PairMoments Trial;

        /// <summary>Buckets since the trial began.</summary>
        public int Tried;
    }

    /// <summary>The series with which it goes together; <c>null</c> when none is known.</summary>
    public CorrelatedSeries? Partner { get; set; }

    /// <summary>The series of which it is being found out.</summary>
    public CorrelatedSeries? Candidate { get; set; }

    /// <summary>What is known of the two.</summary>
    public ref Saved Memory => ref _saved;

    /// <summary>Whether it was dropped, and is no longer anyone's partner.</summary>
    public bool Gone { get; set; }

    /// <summary>Where it is among all series, by their keys.</summary>
    public int Place { get; set; }

    /// <summary>Where the series of its partition begin.</summary>
    public int First { get; set; }

    /// <summary>How many they are.</summary>
    public int Circle { get; set; }

    /// <summary>In which pass over a bucket it was judged last.</summary>
    public int Pass { get; set; }

    /// <summary>Which of the judgements held in that pass is its own; while being saved, its index in the table.</summary>
    public int Held { get; set; }

    protected override long KindBytes => base.KindBytes + OwnBytes;
}

/// <summary>A judgement that waits until all series of the bucket have one.</summary>
/// <param name="Unusual">Whether the value is a record by itself.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct HeldJudgement(int Series, int Accumulator, Judgement Judgement, Residual Residual, bool Unusual, bool Learn, bool Report);
