using System.Globalization;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Ingest;

/// <summary>Reads the times of records: whole epoch seconds, rounded down.</summary>
internal sealed class RecordTimes
{
    // The years 1 to 9999. A time outside comes from a wrong unit, and is better reported than analysed.
    private const long Earliest = -62_135_596_800;
    private const long Latest = 253_402_300_799;

    private readonly TokenValues _values = new();
    private readonly long _unitsPerSecond = 1;
    private readonly JavaDatePattern? _pattern;
    private readonly IsoLayout? _layout;

    /// <exception cref="ArgumentException">The format is neither <c>epoch</c> nor <c>epoch_ms</c> nor a date pattern; the message says why.</exception>
    public RecordTimes(string format)
    {
        switch (format)
        {
            case "epoch":
                break;
            case "epoch_ms":
                _unitsPerSecond = 1000;
                break;
            default:
                if (!JavaDatePattern.TryCompile(format, out _pattern, out var problem)) throw new ArgumentException(problem, nameof(format));
                _layout = IsoLayout.For(format);
                break;
        }
    }

    /// <summary>Whole epoch seconds of epoch milliseconds, rounded down.</summary>
    public static long ToSeconds(long milliseconds) => FloorDivide(milliseconds, 1000);

    /// <summary>The time of a record; <c>null</c> when it has none that can be read.</summary>
    public long? Read(ReadOnlySpan<byte> bytes, in FieldToken token) => TryRead(bytes, token, out var seconds) ? seconds : null;

    /// <summary>Reads the time of a record; <c>false</c> when it has none that can be read.</summary>
    public bool TryRead(ReadOnlySpan<byte> bytes, in FieldToken token, out long seconds)
    {
        seconds = 0;
        if (token.Kind is not (TokenKind.Number or TokenKind.Text)) return false;
        if (_pattern is not null)
        {
            var text = _values.Text(bytes, token);
            if (_layout is not null && _layout.TryParse(text, out seconds)) return true;
            if (!_pattern.TryParse(text.Trim((byte)' '), out var milliseconds)) return false;
            return InRange(FloorDivide(milliseconds, 1000), out seconds);
        }
        return token.Kind == TokenKind.Number && token.Number is { Whole: true, Scale: 0, Mantissa: <= long.MaxValue }
            ? InRange(FloorDivide(token.Number.Negative ? -(long)token.Number.Mantissa : (long)token.Number.Mantissa, _unitsPerSecond), out seconds)
            : TryReadNumber(_values.Text(bytes, token), out seconds);
    }

    /// <summary>Reads the time of a record in whole epoch milliseconds, rounded down; <c>false</c> when it has none that can be read.</summary>
    public bool TryReadMs(ReadOnlySpan<byte> bytes, in FieldToken token, out long milliseconds)
    {
        milliseconds = 0;
        if (!TryRead(bytes, token, out _)) return false;
        var text = _values.Text(bytes, token);
        if (_pattern is not null) return _pattern.TryParse(text.Trim((byte)' '), out milliseconds);
        // What is a time in seconds is a number, and no larger one than a decimal holds.
        milliseconds = (long)decimal.Floor(decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) * (1000 / _unitsPerSecond));
        return true;
    }

    // Decimal, so that the fraction of a time just before a whole second never rounds up.
    private bool TryReadNumber(ReadOnlySpan<byte> text, out long seconds)
    {
        seconds = 0;
        if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)) return false;
        value = decimal.Floor(value / _unitsPerSecond);
        return value is >= Earliest and <= Latest && InRange((long)value, out seconds);
    }

    private static long FloorDivide(long value, long by) => value >= 0 ? value / by : (value - by + 1) / by;

    private static bool InRange(long value, out long seconds)
    {
        seconds = value;
        return value is >= Earliest and <= Latest;
    }
}
