namespace MlActors.Analysis.Series;

/// <summary>A map from 64-bit keys to non-negative indices: open addressing, linear probing, no removal. Never enumerated, so its layout does not matter.</summary>
internal sealed class IndexMap
{
    private ulong[] _keys = new ulong[16];
    private int[] _values = new int[16];

    public int Count { get; private set; }

    /// <summary>The index of a key, −1 when there is none.</summary>
    public int Find(ulong key)
    {
        var mask = _keys.Length - 1;
        for (var i = Home(key, mask); ; i = (i + 1) & mask)
        {
            var value = _values[i];
            if (value == 0) return -1;
            if (_keys[i] == key) return value - 1;
        }
    }

    /// <summary>Adds a key that is not in the map.</summary>
    public void Add(ulong key, int index)
    {
        if (++Count * 2 > _keys.Length) Grow();
        Put(key, index + 1);
    }

    public void Clear()
    {
        if (Count == 0) return;
        Array.Clear(_values);
        Count = 0;
    }

    private void Put(ulong key, int value)
    {
        var mask = _keys.Length - 1;
        var i = Home(key, mask);
        while (_values[i] != 0) i = (i + 1) & mask;
        (_keys[i], _values[i]) = (key, value);
    }

    private void Grow()
    {
        var (keys, values) = (_keys, _values);
        (_keys, _values) = (new ulong[keys.Length * 2], new int[keys.Length * 2]);
        for (var i = 0; i < keys.Length; i++)
            if (values[i] != 0)
                Put(keys[i], values[i]);
    }

    // Fibonacci hashing: keys are small numbers or pairs of them.
    private static int Home(ulong key, int mask) => (int)((key * 0x9E3779B97F4A7C15) >> 32) & mask;
}
