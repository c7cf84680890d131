using MlActors.Analysis.Input;

namespace MlActors.Datafeeds.Files;

/// <summary>The records of one file, one after another, in one of the formats.</summary>
internal abstract class RecordFile(SourceFile file) : IDisposable
{
    public SourceFile File { get; } = file;

    /// <summary>Where the record begins.</summary>
    public abstract long Start { get; }

    /// <summary>Where reading goes on after the record.</summary>
    public abstract long End { get; }

    /// <summary>Time of the record, epoch milliseconds; <c>null</c> when it has none that can be read.</summary>
    public abstract long? TimeMs { get; }

    /// <summary>Whether the record may not be there to its end.</summary>
    public virtual bool IsUnfinished => false;

    /// <summary>Whether a batch must be cut before the next record is added.</summary>
    public abstract bool IsFull { get; }

    public abstract bool IsEmpty { get; }

    /// <summary>Goes to where an earlier reading ended; <c>false</c> when the file does not go that far.</summary>
    public abstract bool SkipTo(long position);

    /// <summary>Goes to the next record; <c>false</c> at the end of the file.</summary>
    public abstract ValueTask<bool> MoveAsync(CancellationToken cancellation);

    /// <summary>Adds the record to the batch.</summary>
    public abstract void Add();

    public abstract RecordBatch Cut();

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        File.Dispose();
    }
}
