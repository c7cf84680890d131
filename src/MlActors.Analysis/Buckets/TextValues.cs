using System.IO.Hashing;
using System.Runtime.InteropServices;
using MlActors.Analysis.Functions;
using MlActors.Analysis.Geography;
using MlActors.Analysis.Input;

namespace MlActors.Analysis.Buckets;

/// <summary>
/// The field of a function of texts. What a text is worth to the function is worked out once a batch and text, when it is first needed: some texts come
/// only while the batch is read.
/// </summary>
internal sealed class TextValues(int column, Aggregate aggregate)
{
    private int[] _codes = [];
    private string[] _texts = [];
    private ulong[] _keys = [];

    // NaN while it is not known, infinite when the text is no value.
    private double[] _numbers = [];

    public void Bind(RecordBatch batch)
    {
        var data = batch.Columns[column];
        (_codes, _texts) = (data.Codes!, data.Dictionary!);
        if (_keys.Length < _texts.Length) (_keys, _numbers) = (new ulong[_texts.Length * 2], new double[_texts.Length * 2]);
        _numbers.AsSpan(0, _texts.Length).Fill(double.NaN);
    }

    /// <summary>The value of a record; false when it has none.</summary>
    /// <param name="key">Tells the texts apart.</param>
    /// <param name="number">What the text is worth; of a point, its latitude.</param>
    public bool TryGet(int record, out ulong key, out double number)
    {
        (key, number) = (0, 0);
        var code = _codes[record];
        if (code < 0) return false;
        if (double.IsNaN(_numbers[code])) Learn(code);
        (key, number) = (_keys[code], _numbers[code]);
        return !double.IsInfinity(number);
    }

    public void Release() => (_codes, _texts) = ([], []);

    private void Learn(int code)
    {
        if (aggregate == Aggregate.GeographicPoint)
        {
            (_keys[code], _numbers[code]) = GeoPoint.TryParse(_texts[code], out var point) ? (point.Key, point.Latitude) : (0, double.PositiveInfinity);
            return;
        }
        _keys[code] = XxHash64.HashToUInt64(MemoryMarshal.AsBytes(_texts[code].AsSpan()));
        _numbers[code] = aggregate == Aggregate.InfoContent ? TextInformation.BitsOf(_texts[code]) : 1;
    }
}
