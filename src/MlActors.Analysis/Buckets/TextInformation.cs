namespace MlActors.Analysis.Buckets;

/// <summary>
/// How much information a text holds by itself, in bits: eight to name each different byte of it, and log2(n! / ∏ nᵢ!) for the order in which n bytes
/// come that have these frequencies nᵢ (enumerative coding; Cover 1973). So a long text of one byte repeated has no more than a short one, and a long
/// text in which every byte is a surprise has most.
/// </summary>
internal static class TextInformation
{
    /// <param name="text">Its bytes are those of UTF-16; a high byte of 0 is left out.</param>
    public static double BitsOf(string text)
    {
        Span<int> counts = stackalloc int[256];
        counts.Clear();
        var (bits, length) = (0.0, 0);
        foreach (var unit in text)
        {
            if (unit > byte.MaxValue) Add(unit >> 8, counts);
            Add(unit & byte.MaxValue, counts);
        }
        return bits;

        void Add(int value, Span<int> counts)
        {
            var count = ++counts[value];
            bits += Math.Log2(++length) - Math.Log2(count) + (count == 1 ? 8 : 0);
        }
    }
}
