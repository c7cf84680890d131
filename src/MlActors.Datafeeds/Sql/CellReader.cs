using System.Data.Common;
using System.Globalization;
using MlActors.Ingest;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Sql;

/// <summary>Reads the cells of one column, of one type. Cells are not null when asked for.</summary>
internal abstract class CellReader
{
    /// <summary>Gives a record's field the value of the cell.</summary>
    public abstract void Copy(DbDataReader reader, int column, RowRecords record, int field);

    /// <summary>The cell as a time, epoch milliseconds; <c>null</c> when it is none.</summary>
    /// <exception cref="SourceException">It is a number, and nothing says of what.</exception>
    public abstract long? TimeOf(DbDataReader reader, int column, CellTimes times);

    /// <exception cref="SourceException">No field can be made of the type.</exception>
    public static CellReader For(DbDataReader reader, int column) => Of(reader.GetFieldType(column)) ?? throw NoField(reader, column);

    /// <summary>The reader of cells of a type; <c>null</c> when no field can be made of them.</summary>
    protected static CellReader? Of(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Double => Reals.Instance,
        TypeCode.Single => Floats.Instance,
        TypeCode.Byte or TypeCode.SByte or TypeCode.Int16 or TypeCode.Int32 or TypeCode.Int64 or TypeCode.UInt16 or TypeCode.UInt32 => Integers.Instance,
        TypeCode.UInt64 => Unsigned.Instance,
        TypeCode.Decimal => Decimals.Instance,
        TypeCode.String or TypeCode.Char => Texts.Instance,
        TypeCode.Boolean => Booleans.Instance,
        TypeCode.DateTime => Dates.Instance,
        _ when type == typeof(DateOnly) => Days.Instance,
        _ when type == typeof(DateTimeOffset) => Offsets.Instance,
        _ when type == typeof(Guid) || type == typeof(TimeSpan) || type == typeof(TimeOnly) || type == typeof(System.Net.IPAddress) => Others.Instance,
        _ => null,
    };

    protected static SourceException NoField(DbDataReader reader, int column) => new(
        $"the column [{reader.GetName(column)}] has the type [{reader.GetDataTypeName(column)}], of which no field can be made: turn it into a number or a text in the query",
        isPermanent: true);

    private sealed class Reals : CellReader
    {
        public static readonly Reals Instance = new();

        public override void Copy(DbDataReader reader, int column, RowRecords record, int field) => record.Set(field, reader.GetDouble(column));

        public override long? TimeOf(DbDataReader reader, int column, CellTimes times) => times.OfReal(reader.GetDouble(column));
    }

    private sealed class Floats : CellReader
    {
        public static readonly Floats Instance = new();

        // By its shortest decimal form, which is what the database shows.
        public override void Copy(DbDataReader reader, int column, RowRecords record, int field)
        {
            var value = reader.GetFloat(column);
            if (!float.IsFinite(value)) return;
            Span<char> text = stackalloc char[32];
            if (value.TryFormat(text, out var length, default, CultureInfo.InvariantCulture)) record.Set(field, text[..length]);
        }

        public override long? TimeOf(DbDataReader reader, int column, CellTimes times) => times.OfReal(reader.GetFloat(column));
    }

    private sealed class Integers : CellReader
    {
        public static readonly Integers Instance = new();

        public override void Copy(DbDataReader reader, int column, RowRecords record, int field) => record.Set(field, reader.GetInt64(column));

        public override long? TimeOf(DbDataReader reader, int column, CellTimes times) => times.OfInteger(reader.GetInt64(column));
    }

    private sealed class Unsigned : CellReader
    {
        public static readonly Unsigned Instance = new();

        public override void Copy(DbDataReader reader, int column, RowRecords record, int field) => record.Set(field, (decimal)reader.GetFieldValue<ulong>(column));

        public override long? TimeOf(DbDataReader reader, int column, CellTimes times) => times.OfDecimal(reader.GetFieldValue<ulong>(column));
    }

    private sealed class Decimals : CellReader
    {
        public static readonly Decimals Instance = new();

        public override void Copy(DbDataReader reader, int column, RowRecords record, int field)
        {
            try
            {
                record.Set(field, reader.GetDecimal(column));
            }
            catch (InvalidCastException)
            {
                // NaN and the infinities.
            }
            catch (OverflowException cause)
            {
                throw new SourceException($"the column [{reader.GetName(column)}] holds a decimal number with more than 28 digits: cast it to double precision in the query", isPermanent: true, cause);
            }
        }

        public override long? TimeOf(DbDataReader reader, int column, CellTimes times) => times.OfDecimal(reader.GetDecimal(column));
    }

    private sealed class Texts : CellReader
    {
        public static readonly Texts Instance = new();

        public override void Copy(DbDataReader reader, int column, RowRecords record, int field) => record.Set(field, reader.GetString(column).AsSpan());

        public override long? TimeOf(DbDataReader reader, int column, CellTimes times) => times.OfText(reader.GetString(column));
    }

    private sealed class Booleans : CellReader
    {
        public static readonly Booleans Instance = new();

        public override void Copy(DbDataReader reader, int column, RowRecords record, int field) => record.Set(field, reader.GetBoolean(column));

        public override long? TimeOf(DbDataReader reader, int column, CellTimes times) => null;
    }

    private sealed class Dates : CellReader
    {
        public static readonly Dates Instance = new();

        public override void Copy(DbDataReader reader, int column, RowRecords record, int field) => CopyTime(reader.GetDateTime(column), record, field);

        // Databases whose times have no zone keep UTC, or the user converts.
        public override long? TimeOf(DbDataReader reader, int column, CellTimes times) => CellTimes.OfTicks(reader.GetDateTime(column).Ticks);
    }

    private sealed class Days : CellReader
    {
        public static readonly Days Instance = new();

        public override void Copy(DbDataReader reader, int column, RowRecords record, int field) =>
            CopyTime(reader.GetFieldValue<DateOnly>(column).ToDateTime(TimeOnly.MinValue), record, field);

        public override long? TimeOf(DbDataReader reader, int column, CellTimes times) =>
            CellTimes.OfTicks(reader.GetFieldValue<DateOnly>(column).ToDateTime(TimeOnly.MinValue).Ticks);
    }

    private sealed class Offsets : CellReader
    {
        public static readonly Offsets Instance = new();

        public override void Copy(DbDataReader reader, int column, RowRecords record, int field) =>
            CopyTime(reader.GetFieldValue<DateTimeOffset>(column).UtcDateTime, record, field);

        public override long? TimeOf(DbDataReader reader, int column, CellTimes times) => CellTimes.OfTicks(reader.GetFieldValue<DateTimeOffset>(column).UtcTicks);
    }

    private sealed class Others : CellReader
    {
        public static readonly Others Instance = new();

        public override void Copy(DbDataReader reader, int column, RowRecords record, int field) =>
            record.Set(field, Convert.ToString(reader.GetValue(column), CultureInfo.InvariantCulture).AsSpan());

        public override long? TimeOf(DbDataReader reader, int column, CellTimes times) => null;
    }

    private static void CopyTime(DateTime utc, RowRecords record, int field)
    {
        Span<char> text = stackalloc char[40];
        if (utc.TryFormat(text, out var length, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture)) record.Set(field, text[..length]);
    }
}
