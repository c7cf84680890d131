namespace MlActors.Storage.Transfer;

/// <summary>One row, in memory that is used again for the next; as large as the largest row that was in it.</summary>
internal sealed class RowBuffer
{
    private const int Piece = 1 << 20;

    private Value[] _values = new Value[16];
    private byte[] _bytes = new byte[64 << 10];
    private int _length;

    private readonly record struct Value(ValueKind Kind, long Number, int Offset);

    public int Count { get; private set; }

    public ValueKind Kind(int column) => _values[column].Kind;

    public long Integer(int column) => _values[column].Number;

    public double Real(int column) => BitConverter.Int64BitsToDouble(_values[column].Number);

    /// <summary>The bytes of a text, in UTF-8, or of a blob; valid until the next row.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => _bytes.AsSpan(_values[column].Offset, (int)_values[column].Number);

    public void Clear() => (Count, _length) = (0, 0);

    public void AddNull() => Add(new Value(ValueKind.Null, 0, 0));

    public void Add(long integer) => Add(new Value(ValueKind.Integer, integer, 0));

    public void Add(double real) => Add(new Value(ValueKind.Real, BitConverter.DoubleToInt64Bits(real), 0));

    public void Add(ValueKind kind, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Take(bytes.Length));
        Add(new Value(kind, bytes.Length, _length - bytes.Length));
    }

    /// <summary>Adds bytes that come in pieces: memory grows with what has come, not with what a damaged length says.</summary>
    /// <param name="fill">Fills its argument completely, or throws.</param>
    public void Add(ValueKind kind, int length, FillBytes fill)
    {
        var offset = _length;
        for (var left = length; left > 0; left -= Math.Min(left, Piece)) fill(Take(Math.Min(left, Piece)));
        Add(new Value(kind, length, offset));
    }

    public delegate void FillBytes(Span<byte> target);

    private Span<byte> Take(int length)
    {
        var needed = checked(_length + length);
        if (needed > _bytes.Length) Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(needed, _bytes.Length * 2L)));
        var taken = _bytes.AsSpan(_length, length);
        _length = needed;
        return taken;
    }

    private void Add(Value value)
    {
        if (Count == _values.Length) Array.Resize(ref _values, Count * 2);
        _values[Count++] = value;
    }
}
