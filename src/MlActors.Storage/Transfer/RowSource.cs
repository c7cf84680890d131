namespace MlActors.Storage.Transfer;

/// <summary>One state of a storage, row by row.</summary>
internal abstract class RowSource : IDisposable
{
    /// <summary>The kind of database, for the header.</summary>
    public abstract string Kind { get; }

    public abstract SchemaVersions Versions { get; }

    /// <summary>The tables that are carried, sorted by part and name.</summary>
    public abstract IReadOnlyList<TableShape> Tables { get; }

    /// <summary>The rows of a table, sorted by its key. The buffer is used again for each of them.</summary>
    public abstract IEnumerable<RowBuffer> Read(TableShape table);

    /// <summary>How far the database has counted in a table by itself; <c>null</c> where it does not count, or has not begun.</summary>
    public abstract long? Counted(TableShape table);

    public abstract void Dispose();
}
