using MlActors.Analysis.Binary;

namespace MlActors.Analysis.Series;

/// <summary>The kind of series that a detector has: how they begin, are read and end.</summary>
internal interface ISeriesKind
{
    /// <summary>What a new one takes in memory beside its key and its places.</summary>
    long NewBytes { get; }

    ModelledSeries Create(SeriesKey key);

    /// <summary>The counterpart of <see cref="ModelledSeries.Write"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes are no such series.</exception>
    ModelledSeries Read(SeriesKey key, ref ByteReader reader);

    /// <summary>Told of a series that is dropped.</summary>
    void Forget(ModelledSeries series);
}
