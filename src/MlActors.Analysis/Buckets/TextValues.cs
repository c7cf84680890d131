using System.IO.Hashing;
using System.Runtime.InteropServices;
using MlActors.Analysis.Functions;
using MlActors.Analysis.Input;

namespace MlActors.Analysis.Buckets;

/// <summary>The field of a function of texts. What a text is worth to the function is worked out once a batch and text, not once a record.</summary>
internal sealed class TextValues(int column, Aggregate aggregate)
{
    private int[] _codes = [];
    private ulong[] _keys = [];
    private double[] _numbers = [];

    public void Bind(RecordBatch batch)
    {
        var data = batch.Columns[column];
        _codes = data.Codes!;
        var texts = data.Dictionary!;
        if (_keys.Length < texts.Length) (_keys, _numbers) = (new ulong[texts.Length * 2], new double[texts.Length * 2]);
        for (var i = 0; i < texts.Length; i++)
        {
            _keys[i] = XxHash64.HashToUInt64(MemoryMarshal.AsBytes(texts[i].AsSpan()));
            _numbers[i] = aggregate == Aggregate.InfoContent ? TextInformation.BitsOf(texts[i]) : 1;
        }
    }

    /// <summary>The value of a record; false when it has none.</summary>
    /// <param name="key">Tells the texts apart.</param>
    /// <param name="number">What the text is worth.</param>
    public bool TryGet(int record, out ulong key, out double number)
    {
        var code = _codes[record];
        (key, number) = code < 0 ? (0, 0) : (_keys[code], _numbers[code]);
        return code >= 0;
    }

    public void Release() => _codes = [];
}
