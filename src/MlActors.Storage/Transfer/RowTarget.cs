namespace MlActors.Storage.Transfer;

/// <summary>A storage that takes rows, all or none: nothing of them is seen before <see cref="Complete"/>, and without it nothing stays.</summary>
internal abstract class RowTarget : IDisposable
{
    /// <summary>Texts with U+0000, or that were none, and had to be changed.</summary>
    public long ChangedTexts { get; protected set; }

    /// <summary>Makes the tables of these versions; no other call comes before.</summary>
    /// <exception cref="Jobs.Storage.StoreException">The storage has rows already, or is in use.</exception>
    public abstract void Prepare(SchemaVersions versions);

    /// <summary>The tables that are carried, sorted by part and name.</summary>
    public abstract IReadOnlyList<TableShape> Tables { get; }

    /// <summary>Rows for a table come now; it is one of <see cref="Tables"/>, but its columns are in the order of the argument.</summary>
    public abstract void Begin(TableShape table);

    public abstract void Write(RowBuffer row);

    /// <summary>All rows of the table were written.</summary>
    public abstract void End(long? counted);

    /// <summary>Brings the tables to the versions of this program, and makes all of it the storage.</summary>
    public abstract void Complete();

    public abstract void Dispose();
}
