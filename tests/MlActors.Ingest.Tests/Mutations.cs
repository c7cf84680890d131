using CsCheck;

namespace MlActors.Ingest.Tests;

/// <summary>Small damages to a body: bytes changed, left out, put in, a stretch doubled, the end cut off.</summary>
internal static class Mutations
{
    private static readonly Gen<byte> Byte = Gen.OneOf(Gen.Byte, Gen.OneOf("{}[]\",:\\ \n\t-+.eE0123456789truefalsn\0\u007f"u8.ToArray()));

    private static readonly Gen<Func<byte[], byte[]>> One = Gen.Select<uint, byte, int, int, Func<byte[], byte[]>>(
        Gen.UInt, Byte, Gen.Int[0, 9], Gen.Int[1, 9], (where, value, kind, length) => bytes =>
    {
        if (bytes.Length == 0) return [value];
        var at = (int)(where % (uint)bytes.Length);
        var upTo = Math.Min(at + length, bytes.Length);
        return kind switch
        {
            <= 3 => [.. bytes[..at], value, .. bytes[(at + 1)..]],
            <= 5 => [.. bytes[..at], .. bytes[upTo..]],
            <= 7 => [.. bytes[..at], value, .. bytes[at..]],
            8 => [.. bytes[..upTo], .. bytes[at..]],
            _ => bytes[..at],
        };
    });

    public static Gen<Func<byte[], byte[]>> Any { get; } =
        One.Array[0, 4].Select<Func<byte[], byte[]>[], Func<byte[], byte[]>>(all => bytes => all.Aggregate(bytes, (done, next) => next(done)));
}
