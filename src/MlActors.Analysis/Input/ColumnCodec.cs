using System.Runtime.InteropServices;
using MlActors.Analysis.Binary;

namespace MlActors.Analysis.Input;

/// <summary>
/// The binary form of a column. Numbers: a byte with the number of decimals (high half, 0 to 6) and the width (low half), then 8-byte doubles, or, when every value is missing
/// or a decimal fraction that is short enough, integers of 1, 2 or 4 bytes: the value without its decimal point, the lowest integer for missing. Text: the dictionary, then
/// code + 1 in 1, 2 or 4 bytes by the size of the dictionary.
/// </summary>
internal static class ColumnCodec
{
    private static readonly long MissingBits = BitConverter.DoubleToInt64Bits(double.NaN);

    // By decimals. All are exact, and so is a whole number of 4 bytes: their quotient is the double that is nearest to the decimal fraction, which is what reading it gives.
    private static readonly double[] Units = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];

    public static void WriteNumbers(ByteWriter writer, ReadOnlySpan<double> values)
    {
        var (decimals, width) = FormOf(values);
        var unit = Units[decimals];
        writer.Byte((byte)((decimals << 4) | width));
        switch (width)
        {
            case 1:
                var bytes = writer.Take<sbyte>(values.Length);
                for (var i = 0; i < bytes.Length; i++) bytes[i] = double.IsNaN(values[i]) ? sbyte.MinValue : (sbyte)Whole(values[i]);
                break;
            case 2:
                var shorts = writer.Take<short>(values.Length);
                for (var i = 0; i < shorts.Length; i++) shorts[i] = double.IsNaN(values[i]) ? short.MinValue : (short)Whole(values[i]);
                break;
            case 4:
                var ints = writer.Take<int>(values.Length);
                for (var i = 0; i < ints.Length; i++) ints[i] = double.IsNaN(values[i]) ? int.MinValue : (int)Whole(values[i]);
                break;
            default:
                writer.Raw(values);
                break;
        }

        double Whole(double value) => Math.Round(value * unit);
    }

    public static Column ReadNumbers(ref ByteReader reader, int count)
    {
        var form = reader.Byte();
        var (decimals, width) = (form >> 4, form & 15);
        if (width is not (1 or 2 or 4 or 8) || decimals >= Units.Length || (width == 8 && decimals > 0)) throw new InvalidDataException($"numbers of the form {form} are not known");
        var unit = Units[decimals];
        var bytes = reader.Take(checked(count * width));
        var values = GC.AllocateUninitializedArray<double>(count);
        switch (width)
        {
            case 1:
                for (var i = 0; i < values.Length; i++) values[i] = (sbyte)bytes[i] == sbyte.MinValue ? double.NaN : (sbyte)bytes[i] / unit;
                break;
            case 2:
                var shorts = MemoryMarshal.Cast<byte, short>(bytes);
                for (var i = 0; i < values.Length; i++) values[i] = shorts[i] == short.MinValue ? double.NaN : shorts[i] / unit;
                break;
            case 4:
                var ints = MemoryMarshal.Cast<byte, int>(bytes);
                for (var i = 0; i < values.Length; i++) values[i] = ints[i] == int.MinValue ? double.NaN : ints[i] / unit;
                break;
            default:
                bytes.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
                break;
        }
        return Column.OfNumbers(values);
    }

    public static void WriteText(ByteWriter writer, ReadOnlySpan<int> codes, string[] dictionary)
    {
        writer.VarUInt((ulong)dictionary.Length);
        foreach (var value in dictionary) writer.String(value);
        switch (CodeWidth(dictionary.Length))
        {
            case 1:
                var bytes = writer.Take(codes.Length);
                for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)(codes[i] + 1);
                break;
            case 2:
                var shorts = writer.Take<ushort>(codes.Length);
                for (var i = 0; i < shorts.Length; i++) shorts[i] = (ushort)(codes[i] + 1);
                break;
            default:
                var ints = writer.Take<int>(codes.Length);
                for (var i = 0; i < ints.Length; i++) ints[i] = codes[i] + 1;
                break;
        }
    }

    public static Column ReadText(ref ByteReader reader, int count)
    {
        var dictionary = new string[reader.Count(1)];
        for (var i = 0; i < dictionary.Length; i++) dictionary[i] = reader.String();
        var width = CodeWidth(dictionary.Length);
        var bytes = reader.Take(checked(count * width));
        var codes = GC.AllocateUninitializedArray<int>(count);
        var largest = 0u;
        switch (width)
        {
            case 1:
                for (var i = 0; i < codes.Length; i++) Put(i, bytes[i]);
                break;
            case 2:
                var shorts = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (var i = 0; i < codes.Length; i++) Put(i, shorts[i]);
                break;
            default:
                var ints = MemoryMarshal.Cast<byte, uint>(bytes);
                for (var i = 0; i < codes.Length; i++) Put(i, ints[i]);
                break;
        }
        if (largest > (uint)dictionary.Length) throw new InvalidDataException("a code stands for no string");
        return Column.OfText(codes, dictionary);

        void Put(int i, uint code)
        {
            largest = Math.Max(largest, code);
            codes[i] = (int)code - 1;
        }
    }

    private static int CodeWidth(int strings) => strings < byte.MaxValue ? 1 : strings < ushort.MaxValue ? 2 : 4;

    // The fewest decimals and the smallest width with which every value comes back to the bit, or doubles. −0 and a NaN other than the usual one are no decimal fractions.
    private static (int Decimals, int Width) FormOf(ReadOnlySpan<double> values)
    {
        var (decimals, largest) = (0, 0L);
        foreach (var value in values)
        {
            var bits = BitConverter.DoubleToInt64Bits(value);
            if (bits == MissingBits) continue;
            int whole;
            while (BitConverter.DoubleToInt64Bits((whole = (int)Math.Round(value * Units[decimals])) / Units[decimals]) != bits)
            {
                // With one more, the values before keep theirs.
                if (++decimals == Units.Length) return (0, 8);
                largest *= 10;
            }
            largest = Math.Max(largest, Math.Abs((long)whole));
            if (largest > int.MaxValue) return (0, 8);
        }
        return (decimals, largest <= sbyte.MaxValue ? 1 : largest <= short.MaxValue ? 2 : 4);
    }
}
