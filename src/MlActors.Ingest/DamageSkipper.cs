namespace MlActors.Ingest;

/// <summary>
/// Finds where reading may go on after damage: at the first opening brace with nothing but separators between it and a closing brace or the
/// end of a line. Knows nothing of strings or nesting, since after damage neither can be trusted; it may therefore lose the record after the
/// damaged one, or begin inside of one, but always finds the next line that begins with a record. Its state is carried over from one
/// piece of the body to the next.
/// </summary>
internal struct DamageSkipper
{
    private bool _recordMayStart;

    /// <summary>Begins at the byte that made the record invalid.</summary>
    /// <param name="record">What of the record came before that byte.</param>
    public static DamageSkipper After(ReadOnlySpan<byte> record)
    {
        for (var i = record.Length - 1; i > 0; i--)
        {
            if (record[i] is (byte)'}' or (byte)'\n') return new DamageSkipper { _recordMayStart = true };
            if (!RecordReader.IsSeparator(record[i])) break;
        }
        return default;
    }

    /// <summary>The position at which to go on, or the end when it is not among these bytes.</summary>
    public int Find(ReadOnlySpan<byte> bytes, int pos, int end)
    {
        for (; pos < end; pos++)
        {
            var b = bytes[pos];
            if (b == '{' && _recordMayStart) return pos;
            if (b is (byte)'}' or (byte)'\n') _recordMayStart = true;
            else if (!RecordReader.IsSeparator(b)) _recordMayStart = false;
        }
        return end;
    }
}
