namespace MlActors.Datafeeds.Sql;

/// <summary>A time as a cell has it: a point in time, or a number or text that <see cref="CellTimes"/> knows how to read.</summary>
internal readonly struct CellTime
{
    private CellTime(long? ms, decimal? number, string? text) => (Ms, Number, Text) = (ms, number, text);

    /// <summary>Not a time.</summary>
    public static CellTime None => default;

    /// <summary>Epoch milliseconds, rounded down.</summary>
    public long? Ms { get; }

    public decimal? Number { get; }

    public string? Text { get; }

    public static CellTime OfInteger(long number) => new(null, number, null);

    public static CellTime OfDecimal(decimal number) => new(null, number, null);

    // Seconds with fractions have no exact double: six digits are what databases keep.
    public static CellTime OfNumber(double number) => Math.Abs(number) < 1e18 ? new(null, Math.Round((decimal)number, 6), null) : None;

    public static CellTime OfText(string text) => new(null, null, text);

    /// <param name="utcTicks">100 ns since the year 1.</param>
    public static CellTime OfTicks(long utcTicks) => new(utcTicks / TimeSpan.TicksPerMillisecond - DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerMillisecond, null, null);
}
