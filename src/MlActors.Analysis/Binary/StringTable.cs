namespace MlActors.Analysis.Binary;

/// <summary>Numbers strings in order of first use, so that each is written once.</summary>
internal sealed class StringTable
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _strings = [];

    public ulong NumberOf(string value)
    {
        if (_numbers.TryGetValue(value, out var number)) return (ulong)number;
        _numbers.Add(value, _strings.Count);
        _strings.Add(value);
        return (ulong)(_strings.Count - 1);
    }

    public void Write(ByteWriter writer)
    {
        writer.VarUInt((ulong)_strings.Count);
        foreach (var value in _strings) writer.String(value);
    }

    public static string[] Read(ref ByteReader reader)
    {
        var strings = new string[reader.Count(1)];
        for (var i = 0; i < strings.Length; i++) strings[i] = reader.String();
        return strings;
    }
}
