using System.Data.Common;
using System.Globalization;
using MlActors.Documents.Matching;
using MlActors.Documents.Store;
using MlActors.Jobs.Storage;
using MlActors.Storage.Sql.Documents;

namespace MlActors.Storage.Sql.Reads;

/// <summary>A connection that reads. Used by one thread at a time; rows are read to their end before the next query.</summary>
internal abstract class ReadSession : IDisposable
{
    /// <summary>Parameters stand in the text as @0, @1, … in the order of the values.</summary>
    public List<T> List<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<object?> values)
    {
        var rows = new List<T>();
        using var reader = Execute(sql, values);
        while (reader.Read()) rows.Add(map(reader));
        return rows;
    }

    public T? First<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<object?> values) where T : class
    {
        using var reader = Execute(sql, values);
        return reader.Read() ? map(reader) : null;
    }

    /// <summary>A whole number or a truth; 0 for null and for no row.</summary>
    public long Number(string sql, params ReadOnlySpan<object?> values)
    {
        using var reader = Execute(sql, values);
        return reader.Read() && !reader.IsDBNull(0) ? Convert.ToInt64(reader.GetValue(0), CultureInfo.InvariantCulture) : 0;
    }

    /// <summary>The rows of a query; the caller disposes the reader before it asks for anything else.</summary>
    public abstract DbDataReader Execute(string sql, params ReadOnlySpan<object?> values);

    /// <summary>Lets several queries see one state of the database.</summary>
    public abstract T InSnapshot<T>(Func<T> read);

    /// <summary>A walk through one index, see <see cref="DocumentCursor"/>.</summary>
    public abstract DocumentCursor OpenCursor(IndexInfo index, QueryMatcher matcher, TimeBounds bounds, DocumentPosition? after, bool descending);

    /// <summary>Whether the read failed only because its connection was lost: then it may be done again.</summary>
    public virtual bool IsLost(Exception failure) => false;

    /// <summary>What callers are told.</summary>
    public abstract StoreException Translate(Exception failure);

    public abstract void Dispose();
}
