namespace MlActors.Analysis.Input;

/// <summary>A column of a batch: exactly one of the two arrays is set, by the kind of the field.</summary>
/// <param name="Numbers">One value a record, NaN where missing; length is the batch's count.</param>
/// <param name="Codes">One code a record, −1 where missing or <see cref="Withheld"/>.</param>
/// <param name="Dictionary">The strings that the codes stand for, each once, in order of first appearance.</param>
public readonly record struct Column(double[]? Numbers, int[]? Codes, string[]? Dictionary)
{
    /// <summary>A code less than "missing": detectors that split by the column leave the record out, whatever they do with missing values.</summary>
    public const int Withheld = -2;

    public static Column OfNumbers(double[] values) => new(values, null, null);

    public static Column OfText(int[] codes, string[] dictionary) => new(null, codes, dictionary);
}

/// <summary>What the reader of the raw records counted for the records of one batch and for those it could not use.</summary>
public readonly record struct InputCounts
{
    public long InputBytes { get; init; }

    /// <summary>All fields in the input except the time field, used or not.</summary>
    public long InputFields { get; init; }

    /// <summary>Records without a readable time; they are not in the batch.</summary>
    public long InvalidDates { get; init; }

    /// <summary>Analysed fields that records of the batch lack, one for each field and record.</summary>
    public long MissingFields { get; init; }

    public static InputCounts operator +(InputCounts a, InputCounts b) => new()
    {
        InputBytes = a.InputBytes + b.InputBytes,
        InputFields = a.InputFields + b.InputFields,
        InvalidDates = a.InvalidDates + b.InvalidDates,
        MissingFields = a.MissingFields + b.MissingFields,
    };
}

/// <summary>
/// A columnar batch of records in input order: a time column and one column for each field of the schema.
/// At most <see cref="MaxRecords"/> records.
/// </summary>
/// <param name="Count">Number of records; arrays may be longer, never shorter.</param>
/// <param name="Times">Epoch seconds.</param>
public sealed record RecordBatch(BatchSchema Schema, int Count, long[] Times, Column[] Columns, InputCounts Input)
{
    /// <summary>
    /// Their columns, 256 KiB the largest, stay below the limit of the large-object heap that the server sets. With fewer, what each batch costs on its way between nodes
    /// shows in what a record costs (docs/performance.md).
    /// </summary>
    public const int MaxRecords = 32_768;
}
