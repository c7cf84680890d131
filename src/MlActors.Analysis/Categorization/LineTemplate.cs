namespace MlActors.Analysis.Categorization;

/// <summary>What of a line decides about its category.</summary>
internal readonly ref struct LineTemplate
{
    public LineTemplate(ReadOnlySpan<char> text, ReadOnlySpan<LineToken> tokens)
    {
        Text = text;
        Tokens = tokens;
        foreach (ref readonly var token in tokens)
        {
            Weight += token.Weight;
            Bits |= 1UL << (int)(token.Hash & 63);
            Signature = WordHash.Join(Signature, token.Hash + token.Weight);
            if (!token.IsAction) continue;
            Key = WordHash.Join(Key, token.Hash);
            HasAction = true;
        }
    }

    /// <summary>What was read: the positions of the tokens refer to it.</summary>
    public ReadOnlySpan<char> Text { get; }

    public ReadOnlySpan<LineToken> Tokens { get; }

    public int Weight { get; }

    /// <summary>The set of words, as <see cref="Category.Bits"/>.</summary>
    public ulong Bits { get; }

    /// <summary>The hash of all words and weights in order.</summary>
    public ulong Signature { get; }

    /// <summary>The hash of the actions in order.</summary>
    public ulong Key { get; }

    public bool HasAction { get; }
}
