using MlActors.Storage.Sql.Writes;

namespace MlActors.Storage.Sql;

/// <summary>
/// A prepared statement of a writer. Parameters are bound by position, from 1. It is executed at once or with others of its transaction, in their
/// order; the way it is called says what has to be waited for.
/// </summary>
internal abstract class Statement
{
    public abstract Statement Bind(int position, long value);

    public abstract Statement Bind(int position, double value);

    public abstract Statement Bind(int position, string? value);

    public abstract Statement Bind(int position, long? value);

    public Statement Bind(int position, bool value) => Bind(position, value ? 1L : 0L);

    /// <summary>Binds UTF-8 bytes as text. They must not change before the group has committed.</summary>
    public abstract Statement BindText(int position, ReadOnlyMemory<byte> utf8);

    /// <summary>Binds bytes, no bytes too; not null. They must not change before the group has committed.</summary>
    public abstract Statement BindBlob(int position, ReadOnlyMemory<byte> bytes);

    /// <summary>Executes it; how many rows it changes does not matter.</summary>
    public abstract void Do();

    /// <summary>Executes it; when it changes no row the group is refused with the <see cref="RowWrite.Refusal"/> of the write.</summary>
    public abstract void Require(RowWrite write);

    /// <summary>Executes it and waits.</summary>
    /// <returns>How many rows it changed.</returns>
    public abstract int Changed();

    /// <summary>Executes a query for one number, and waits.</summary>
    /// <returns><c>null</c>: there is no row, or it holds null.</returns>
    public abstract long? Number();

    /// <summary>Executes a query for the whole numbers of its first row, and waits; null becomes 0.</summary>
    /// <returns><c>false</c>: there is no row.</returns>
    public abstract bool Row(Span<long> columns);
}
