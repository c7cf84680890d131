namespace MlActors.Analysis.Input;

/// <summary>The binary form of an input in the log: versioned, little-endian, checksummed (XxHash64), columnar.</summary>
public static class InputCodec
{
    public static byte[] Encode(AnalysisInput input) => throw new NotImplementedException();

    /// <exception cref="InvalidDataException">The bytes are damaged or of an unknown version; the message says which.</exception>
    public static AnalysisInput Decode(ReadOnlySpan<byte> bytes, BatchSchema schema) => throw new NotImplementedException();
}
