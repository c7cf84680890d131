using System.Runtime.InteropServices;
using System.Text;
using MlActors.Storage.Sql;
using MlActors.Storage.Sql.Writes;
using Npgsql;
using NpgsqlTypes;

namespace MlActors.Storage.Postgres;

/// <summary>
/// A statement that waits with others of its transaction until something is asked. Its commands are used again and again, so that binding allocates
/// the values alone.
/// </summary>
internal sealed class PostgresStatement(PostgresWriteSession session, string sql) : Statement
{
    // A value that is kept until the command is used again should not be a large one.
    private const int MostBytesKept = 64 << 10;

    // Besides its text, which is sent while it is not prepared.
    private const int AboutBytesOfACommand = 64;

    private readonly List<NpgsqlBatchCommand> _commands = [];
    private NpgsqlBatchCommand? _current;
    private int _used;
    private int _bytes;

    /// <summary>Whether it gives rows.</summary>
    public bool IsQuery { get; } = sql.StartsWith("SELECT", StringComparison.Ordinal);

    public override Statement Bind(int position, long value) => Set(position, NpgsqlDbType.Bigint, value);

    public override Statement Bind(int position, double value) => Set(position, NpgsqlDbType.Double, value);

    public override Statement Bind(int position, long? value) => Set(position, NpgsqlDbType.Bigint, value is { } number ? number : DBNull.Value);

    public override Statement Bind(int position, string? value) => Set(position, NpgsqlDbType.Text, value is null ? DBNull.Value : Storable(value));

    public override Statement BindText(int position, ReadOnlyMemory<byte> utf8) => Set(position, NpgsqlDbType.Text, Array(utf8));

    public override Statement BindBlob(int position, ReadOnlyMemory<byte> bytes) => Set(position, NpgsqlDbType.Bytea, Array(bytes));

    /// <summary>A text as PostgreSQL takes it: what is no valid text becomes one, and U+0000, which it refuses in texts, becomes U+FFFD.</summary>
    public static byte[] Storable(string text) => Encoding.UTF8.GetBytes(text.Contains('\0', StringComparison.Ordinal) ? text.Replace('\0', '\uFFFD') : text);

    public override void Do() => session.Add(this, Take(out var bytes), bytes, null);

    public override void Require(RowWrite write) => session.Add(this, Take(out var bytes), bytes, write);

    public override int Changed()
    {
        var command = Take(out var bytes);
        session.Add(this, command, bytes, null);
        session.Flush();
        return (int)command.Rows;
    }

    public override long? Number()
    {
        Span<long> row = stackalloc long[1];
        Span<bool> isNull = stackalloc bool[1];
        return session.Ask(this, Take(out _), row, isNull) && !isNull[0] ? row[0] : null;
    }

    public override bool Row(Span<long> columns)
    {
        Span<bool> isNull = stackalloc bool[columns.Length];
        return session.Ask(this, Take(out _), columns, isNull);
    }

    /// <summary>All its commands were executed or given up.</summary>
    public void Reuse()
    {
        for (var i = 0; i < _used; i++)
            foreach (NpgsqlParameter parameter in _commands[i].Parameters)
                if (parameter.Value is byte[] { Length: > MostBytesKept })
                    parameter.Value = System.Array.Empty<byte>();
        (_used, _current) = (0, null);
    }

    /// <summary>Forgets its commands: after a failure some believe to be prepared that are not.</summary>
    public void Discard()
    {
        _commands.Clear();
        (_used, _bytes, _current) = (0, 0, null);
    }

    private NpgsqlBatchCommand Current => _current ??= _used < _commands.Count ? _commands[_used++] : Another();

    private NpgsqlBatchCommand Another()
    {
        var command = new NpgsqlBatchCommand(sql);
        _commands.Add(command);
        _used++;
        return command;
    }

    private NpgsqlBatchCommand Take(out int bytes)
    {
        var command = Current;
        (bytes, _bytes, _current) = (_bytes + sql.Length + AboutBytesOfACommand, 0, null);
        return command;
    }

    private PostgresStatement Set(int position, NpgsqlDbType type, object value)
    {
        var parameters = Current.Parameters;
        while (parameters.Count < position) parameters.Add(new NpgsqlParameter());
        var parameter = parameters[position - 1];
        if (parameter.NpgsqlDbType != type) parameter.NpgsqlDbType = type;
        _bytes += value is byte[] bytes ? bytes.Length : sizeof(long);
        parameter.Value = value;
        return this;
    }

    private static byte[] Array(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length ? segment.Array : bytes.ToArray();
}
