namespace MlActors.Analysis.Categorization;

/// <summary>The hash by which words are told apart: FNV-1a over UTF-16 units, so that it grows with the scan, and a finish that spreads all bits.</summary>
internal static class WordHash
{
    public const ulong Seed = 0xCBF29CE484222325;

    public static ulong Add(ulong hash, char unit) => (hash ^ unit) * 0x100000001B3;

    /// <summary>The finalizer of MurmurHash3 (A. Appleby, public domain).</summary>
    public static ulong Finish(ulong hash)
    {
        hash = (hash ^ (hash >> 33)) * 0xFF51AFD7ED558CCD;
        hash = (hash ^ (hash >> 33)) * 0xC4CEB9FE1A85EC53;
        return hash ^ (hash >> 33);
    }

    /// <summary>Takes one hash into another; order matters.</summary>
    public static ulong Join(ulong hash, ulong next) => Finish((hash * 31) + next);

    public static ulong Of(ReadOnlySpan<char> word)
    {
        var hash = Seed;
        foreach (var unit in word) hash = Add(hash, unit);
        return Finish(hash);
    }
}
