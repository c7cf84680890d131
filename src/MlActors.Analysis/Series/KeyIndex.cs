using System.Runtime.CompilerServices;

namespace MlActors.Analysis.Series;

/// <summary>
/// Finds series by their keys: open addressing, linear probing, in places that hold nothing but the number of a series, whose key is where it is anyway. A
/// tenth of what a dictionary takes. Never enumerated, so its layout does not matter.
/// </summary>
internal sealed class KeyIndex(List<ModelledSeries> series)
{
    // 0: empty; else a number plus one.
    private int[] _places = new int[16];

    /// <summary>The number of the series with this key, −1 when there is none.</summary>
    public int Find(in SeriesKey key)
    {
        for (var i = Home(key); ; i = (i + 1) & Mask)
        {
            var number = _places[i] - 1;
            if (number < 0 || series[number].Key == key) return number;
        }
    }

    /// <summary>Takes in the last of the series, whose key is new.</summary>
    public void AddLast()
    {
        // A third stays empty, so that runs are short.
        if (series.Count * 3L > _places.Length * 2L) Rebuild();
        else Put(series.Count - 1);
    }

    /// <summary>As is needed when series have changed their numbers.</summary>
    public void Rebuild()
    {
        var length = _places.Length;
        while (series.Count * 3L > length * 2L) length *= 2;
        _places = new int[length];
        for (var number = 0; number < series.Count; number++) Put(number);
    }

    private int Mask => _places.Length - 1;

    private void Put(int number)
    {
        var i = Home(series[number].Key);
        while (_places[i] != 0) i = (i + 1) & Mask;
        _places[i] = number + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Home(in SeriesKey key) => key.GetHashCode() & Mask;
}
