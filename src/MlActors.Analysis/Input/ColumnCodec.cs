using System.Runtime.InteropServices;
using MlActors.Analysis.Binary;

namespace MlActors.Analysis.Input;

/// <summary>
/// The binary form of a column. Numbers: a width byte, then 8-byte doubles, or, when every value is a small whole number or missing, integers of 1,
/// 2 or 4 bytes whose lowest value stands for missing. Text: the dictionary, then code + 1 in 1, 2 or 4 bytes by the size of the dictionary.
/// </summary>
internal static class ColumnCodec
{
    private static readonly long MissingBits = BitConverter.DoubleToInt64Bits(double.NaN);

    public static void WriteNumbers(ByteWriter writer, ReadOnlySpan<double> values)
    {
        var width = WholeWidth(values);
        writer.Byte((byte)width);
        switch (width)
        {
            case 1:
                var bytes = writer.Take(values.Length);
                for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)(double.IsNaN(values[i]) ? sbyte.MinValue : (sbyte)values[i]);
                break;
            case 2:
                var shorts = new short[values.Length];
                for (var i = 0; i < shorts.Length; i++) shorts[i] = double.IsNaN(values[i]) ? short.MinValue : (short)values[i];
                writer.Raw<short>(shorts);
                break;
            case 4:
                var ints = new int[values.Length];
                for (var i = 0; i < ints.Length; i++) ints[i] = double.IsNaN(values[i]) ? int.MinValue : (int)values[i];
                writer.Raw<int>(ints);
                break;
            default:
                writer.Raw(values);
                break;
        }
    }

    public static Column ReadNumbers(ref ByteReader reader, int count)
    {
        var width = reader.Byte();
        if (width is not (1 or 2 or 4 or 8)) throw new InvalidDataException($"numbers of {width} bytes are not known");
        var bytes = reader.Take(checked(count * width));
        var values = GC.AllocateUninitializedArray<double>(count);
        switch (width)
        {
            case 1:
                for (var i = 0; i < values.Length; i++) values[i] = (sbyte)bytes[i] == sbyte.MinValue ? double.NaN : (sbyte)bytes[i];
                break;
            case 2:
                var shorts = MemoryMarshal.Cast<byte, short>(bytes);
                for (var i = 0; i < values.Length; i++) values[i] = shorts[i] == short.MinValue ? double.NaN : shorts[i];
                break;
            case 4:
                var ints = MemoryMarshal.Cast<byte, int>(bytes);
                for (var i = 0; i < values.Length; i++) values[i] = ints[i] == int.MinValue ? double.NaN : ints[i];
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
                var shorts = new ushort[codes.Length];
                for (var i = 0; i < shorts.Length; i++) shorts[i] = (ushort)(codes[i] + 1);
                writer.Raw<ushort>(shorts);
                break;
            default:
                var ints = new int[codes.Length];
                for (var i = 0; i < ints.Length; i++) ints[i] = codes[i] + 1;
                writer.Raw<int>(ints);
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

    // The smallest width in which all values are whole numbers, or 8. −0 and a NaN other than the usual one keep their bits, as doubles.
    private static int WholeWidth(ReadOnlySpan<double> values)
    {
        var largest = 0;
        foreach (var value in values)
        {
            var bits = BitConverter.DoubleToInt64Bits(value);
            if (bits == MissingBits) continue;
            var whole = (int)value;
            if (BitConverter.DoubleToInt64Bits(whole) != bits || whole == int.MinValue) return 8;
            largest = Math.Max(largest, Math.Abs(whole));
        }
        return largest <= sbyte.MaxValue ? 1 : largest <= short.MaxValue ? 2 : 4;
    }
}
