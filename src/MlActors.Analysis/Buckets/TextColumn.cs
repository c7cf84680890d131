using System.IO.Hashing;
using System.Runtime.InteropServices;
using MlActors.Analysis.Input;

namespace MlActors.Analysis.Buckets;

/// <summary>A column of texts, with the hash of each string worked out once a batch.</summary>
internal sealed class TextColumn(string name, int column)
{
    private int[] _codes = [];
    private string[] _dictionary = [];
    private ulong[] _hashes = [];

    public string Name { get; } = name;

    public void Bind(RecordBatch batch)
    {
        var data = batch.Columns[column];
        (_codes, _dictionary) = (data.Codes!, data.Dictionary!);
        if (_hashes.Length < _dictionary.Length) _hashes = new ulong[_dictionary.Length * 2];
        for (var i = 0; i < _dictionary.Length; i++) _hashes[i] = XxHash64.HashToUInt64(MemoryMarshal.AsBytes(_dictionary[i].AsSpan()));
    }

    /// <summary>The value of a record; false when it has none.</summary>
    public bool TryGet(int record, out ulong hash, out string value)
    {
        var code = _codes[record];
        (hash, value) = code < 0 ? (0, "") : (_hashes[code], _dictionary[code]);
        return code >= 0;
    }

    public void Release() => (_codes, _dictionary) = ([], []);
}
