using System.IO.Hashing;
using System.Runtime.InteropServices;
using MlActors.Analysis.Input;

namespace MlActors.Analysis.Buckets;

/// <summary>A column of texts, with the hash of each string worked out once a batch, when it is first needed: some come only while the batch is read.</summary>
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
        _hashes.AsSpan(0, _dictionary.Length).Clear();
    }

    /// <summary>The value of a record; false when it has none.</summary>
    public bool TryGet(int record, out ulong hash, out string value)
    {
        var code = _codes[record];
        if (code < 0)
        {
            (hash, value) = (0, "");
            return false;
        }
        value = _dictionary[code];
        ref var known = ref _hashes[code];
        if (known == 0) known = XxHash64.HashToUInt64(MemoryMarshal.AsBytes(value.AsSpan()));
        hash = known;
        return true;
    }

    public void Release() => (_codes, _dictionary) = ([], []);
}
