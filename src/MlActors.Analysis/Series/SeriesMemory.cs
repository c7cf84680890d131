using MlActors.Analysis.Binary;

namespace MlActors.Analysis.Series;

/// <summary>What a detector remembers of one of its series. Which kind it is, its <see cref="ISeriesKind"/> decides.</summary>
internal abstract class SeriesMemory
{
    /// <summary>What it takes in memory.</summary>
    public abstract long Bytes { get; }

    public abstract void Write(ByteWriter writer);
}

/// <summary>The kind of memory that the series of a detector have.</summary>
internal interface ISeriesKind
{
    /// <summary>What a new one takes in memory.</summary>
    long NewBytes { get; }

    SeriesMemory Create();

    /// <summary>The counterpart of <see cref="SeriesMemory.Write"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes are no such memory.</exception>
    SeriesMemory Read(ref ByteReader reader);

    /// <summary>Told of a series that is dropped.</summary>
    void Forget(ModelledSeries series);
}
