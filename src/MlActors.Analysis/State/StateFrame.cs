using System.Buffers.Binary;
using System.IO.Hashing;
using MlActors.Analysis.Binary;

namespace MlActors.Analysis.State;

/// <summary>
/// The outside of a saved model state, little-endian: magic <c>MLAS</c> (4 bytes), format version (2), length of the whole (8), body, XxHash64 of all
/// before it (8). A reader for a version that was released stays; see <see cref="Version"/>.
/// </summary>
internal static class StateFrame
{
    /// <summary>Rises with every change of the body; older versions are then told apart in the reader.</summary>
    public const ushort Version = 2;

    private const int HeaderBytes = 14;
    private const int ChecksumBytes = 8;

    private static ReadOnlySpan<byte> Magic => "MLAS"u8;

    /// <param name="write">Writes the body; strings go into the table, which comes first.</param>
    public static byte[] Write(Action<ByteWriter, StringTable> write)
    {
        var strings = new StringTable();
        using var body = new ByteWriter(4096);
        write(body, strings);
        using var whole = new ByteWriter(body.Length + 1024);
        Magic.CopyTo(whole.Take(4));
        BinaryPrimitives.WriteUInt16LittleEndian(whole.Take(2), Version);
        whole.UInt64(0);
        strings.Write(whole);
        whole.Raw(body.Written);
        whole.PatchUInt64(6, (ulong)(whole.Length + ChecksumBytes));
        return whole.WithChecksum();
    }

    /// <summary>The body, after everything outside of it was found to be right.</summary>
    /// <exception cref="ModelStateException">It was not; the message says what.</exception>
    public static ReadOnlySpan<byte> Open(ReadOnlySpan<byte> state)
    {
        if (state.Length < HeaderBytes + ChecksumBytes) throw new ModelStateException($"the model state is truncated: {state.Length} bytes are less than its header");
        if (!state.StartsWith(Magic)) throw new ModelStateException("this is no model state: it does not begin as one");
        var version = BinaryPrimitives.ReadUInt16LittleEndian(state[4..]);
        if (version != Version) throw new ModelStateException($"the model state has format version {version}; this release reads version {Version}");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(state[6..]);
        if ((ulong)state.Length < length) throw new ModelStateException($"the model state is truncated: {state.Length} of {length} bytes");
        if ((ulong)state.Length > length) throw new ModelStateException($"the model state is damaged: {state.Length} bytes where there should be {length}");
        var checksum = BinaryPrimitives.ReadUInt64LittleEndian(state[^ChecksumBytes..]);
        if (checksum != XxHash64.HashToUInt64(state[..^ChecksumBytes])) throw new ModelStateException("the model state is damaged: its checksum does not fit");
        return state[HeaderBytes..^ChecksumBytes];
    }
}
