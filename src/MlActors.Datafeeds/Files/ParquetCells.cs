using System.Globalization;
using MlActors.Ingest;
using MlActors.Jobs.Datafeeds.Sources;
using Parquet;
using Parquet.Schema;

namespace MlActors.Datafeeds.Files;

/// <summary>The cells of one column in one row group.</summary>
/// <param name="copy">Gives a record's field the value of a row; nothing for null.</param>
/// <param name="ms">The point in time of a row, epoch milliseconds; <c>null</c> when the column holds none.</param>
internal readonly struct ParquetCells(Action<int, RowRecords, int> copy, Func<int, long?>? ms = null)
{
    public void Copy(int row, RowRecords record, int field) => copy(row, record, field);

    public long? Ms(int row) => ms?.Invoke(row);

    public static async Task<ParquetCells> ReadAsync(ParquetRowGroupReader group, DataField column, string file, CancellationToken cancellation)
    {
        var type = column.ClrType;
        if (column.IsArray || column.MaxRepetitionLevel > 0) throw NoField(column, file);
        if (type == typeof(string) || type == typeof(ReadOnlyMemory<char>))
        {
            var texts = new string?[group.RowCount];
            await group.ReadAsync(column, texts.AsMemory()!, cancellationToken: cancellation);
            return new((row, record, field) => record.Set(field, texts[row].AsSpan()));
        }
        if (type == typeof(double)) return await OfAsync<double>(static (value, record, field) => record.Set(field, value));
        if (type == typeof(float)) return await OfAsync<float>(static (value, record, field) => record.Set(field, value.ToString(CultureInfo.InvariantCulture).AsSpan()));
        if (type == typeof(long)) return await OfAsync<long>(static (value, record, field) => record.Set(field, value));
        if (type == typeof(int)) return await OfAsync<int>(static (value, record, field) => record.Set(field, (long)value));
        if (type == typeof(short)) return await OfAsync<short>(static (value, record, field) => record.Set(field, (long)value));
        if (type == typeof(sbyte)) return await OfAsync<sbyte>(static (value, record, field) => record.Set(field, (long)value));
        if (type == typeof(byte)) return await OfAsync<byte>(static (value, record, field) => record.Set(field, (long)value));
        if (type == typeof(ushort)) return await OfAsync<ushort>(static (value, record, field) => record.Set(field, (long)value));
        if (type == typeof(uint)) return await OfAsync<uint>(static (value, record, field) => record.Set(field, (long)value));
        if (type == typeof(ulong)) return await OfAsync<ulong>(static (value, record, field) => record.Set(field, (decimal)value));
        if (type == typeof(decimal)) return await OfAsync<decimal>(static (value, record, field) => record.Set(field, value));
        if (type == typeof(bool)) return await OfAsync<bool>(static (value, record, field) => record.Set(field, value));
        if (type == typeof(DateTime)) return await OfAsync<DateTime>(static (value, record, field) => record.Set(field, Iso(value).AsSpan()), static value => value.Ticks);
        if (type == typeof(DateOnly))
            return await OfAsync<DateOnly>(static (value, record, field) => record.Set(field, Iso(value.ToDateTime(TimeOnly.MinValue)).AsSpan()), static value => value.ToDateTime(TimeOnly.MinValue).Ticks);
        throw NoField(column, file);

        async Task<ParquetCells> OfAsync<T>(Action<T, RowRecords, int> set, Func<T, long>? ticksOf = null)
            where T : struct
        {
            var values = new T?[group.RowCount];
            if (column.IsNullable)
            {
                await group.ReadAsync(column, values.AsMemory(), cancellationToken: cancellation);
            }
            else
            {
                var all = new T[group.RowCount];
                await group.ReadAsync(column, all.AsMemory(), cancellationToken: cancellation);
                for (var i = 0; i < all.Length; i++) values[i] = all[i];
            }
            return new(
                (row, record, field) =>
                {
                    if (values[row] is { } value) set(value, record, field);
                },
                ticksOf is null ? null : row => values[row] is { } value ? (ticksOf(value) - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond : null);
        }
    }

    private static SourceException NoField(DataField column, string file) =>
        new($"[{file}]: the column [{column.Path}] has the type [{column.ClrType.Name}{(column.IsArray ? "[]" : "")}], of which no field can be made", isPermanent: true);

    private static string Iso(DateTime value) => value.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
