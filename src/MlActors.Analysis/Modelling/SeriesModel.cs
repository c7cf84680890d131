using MlActors.Analysis.Binary;
using MlActors.Analysis.Functions;
using MlActors.Analysis.Series;

namespace MlActors.Analysis.Modelling;

/// <summary>
/// The model of one series. Young, it is a few numbers; once it was seen often enough it grows into a <see cref="SeriesState"/> with seasonal profiles,
/// as far as memory allows. Constant time and memory a bucket; every sum in one fixed order, so equal inputs give equal bits.
/// </summary>
internal class SeriesModel(SeriesKey key) : ModelledSeries(key)
{
    /// <summary>Memory of a model that has not grown.</summary>
    public const long YoungBytes = 8 + YoungSeries.Bytes;

    private YoungSeries _young;
    private GrownSeries? _grown;

    protected override long KindBytes => YoungBytes + (_grown?.Bytes ?? 0);

    /// <summary>Whether enough was learnt to call something unusual.</summary>
    public bool Ready => _grown is { Known: >= 2 * YoungSeries.GrownUp };

    /// <summary>Start of its first bucket, epoch seconds.</summary>
    public long Began => _young.First;

    /// <summary>What a <see cref="Copy"/> takes.</summary>
    public long CopyBytes => _grown!.CopyBytes;

    /// <summary>A copy from which forecasts can be made; only of one that is <see cref="Ready"/>.</summary>
    public GrownSeries Copy() => _grown!.Copy();

    /// <summary>Judges the value of the bucket that the shape has been moved to, by all that was learnt before. Changes nothing.</summary>
    public Judgement Preview(ModelShape shape, double value, Side side) => _grown!.Preview(shape, value, side);

    /// <summary>Judges the value of the bucket that the shape has been moved to and learns it.</summary>
    /// <param name="seen">Whether the bucket had records; empty ones alone do not make a series of many grow.</param>
    /// <param name="memory">Asked before anything is allocated.</param>
    /// <param name="judgement">Set when the answer is true.</param>
    /// <returns>Whether enough was learnt before to judge it.</returns>
    public bool TryTake(ModelShape shape, double value, Side side, bool seen, MemoryBudget memory, out Judgement judgement)
    {
        if (_grown is not null)
        {
            var ready = Ready;
            judgement = _grown.Take(shape, value, side, memory);
            return ready;
        }
        judgement = default;
        _young.Learn(shape.Start, value, seen);
        if (_young.IsGrownUp(shape.Alone) && memory.TryTakeForSeries(GrownSeries.OwnBytes)) _grown = new GrownSeries(_young);
        return false;
    }

    public override void Write(ByteWriter writer)
    {
        writer.Raw<YoungSeries>([_young]);
        writer.Bool(_grown is not null);
        _grown?.Write(writer);
    }

    public static SeriesModel Read(SeriesKey key, ref ByteReader reader, ModelShape shape)
    {
        var model = new SeriesModel(key);
        model.Read(ref reader, shape);
        return model;
    }

    /// <summary>The counterpart of <see cref="Write"/>, for a new one.</summary>
    public void Read(ref ByteReader reader, ModelShape shape)
    {
        _young = reader.Raw<YoungSeries>();
        if (reader.Bool()) _grown = GrownSeries.Read(ref reader, shape);
    }
}
