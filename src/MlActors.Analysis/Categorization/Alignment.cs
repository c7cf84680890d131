namespace MlActors.Analysis.Categorization;

/// <summary>The heaviest common subsequence of a line's words and a template's, by the usual table of partial solutions.</summary>
internal sealed class Alignment
{
    private const int Side = LineTokenizer.MaxTokens + 1;

    private readonly ushort[] _table = new ushort[Side * Side];
    private readonly bool[] _kept = new bool[LineTokenizer.MaxTokens];

    /// <summary>Weight of the words that both have in the same order.</summary>
    public int Weigh(ReadOnlySpan<LineToken> line, Category category)
    {
        var hashes = category.Hashes;
        var weights = category.Weights;
        var (head, weight) = CommonHead(line, hashes, weights);
        if (head == line.Length || head == hashes.Length) return weight;
        Fill(line[head..], hashes[head..], weights[head..]);
        return weight + _table[((line.Length - head) * Side) + hashes.Length - head];
    }

    /// <summary>Which words of the template the line has, as <see cref="Weigh"/> counts them; valid until the next call.</summary>
    public ReadOnlySpan<bool> Keep(ReadOnlySpan<LineToken> line, Category category)
    {
        var hashes = category.Hashes;
        var weights = category.Weights;
        var (head, _) = CommonHead(line, hashes, weights);
        var kept = _kept.AsSpan(0, hashes.Length);
        kept.Clear();
        kept[..head].Fill(true);
        if (head == line.Length || head == hashes.Length) return kept;
        Fill(line[head..], hashes[head..], weights[head..]);
        for (int i = line.Length - head, j = hashes.Length - head; i > 0 && j > 0;)
        {
            var here = _table[(i * Side) + j];
            if (here == _table[((i - 1) * Side) + j])
            {
                i--;
            }
            else if (here == _table[(i * Side) + j - 1])
            {
                j--;
            }
            else
            {
                kept[head + j - 1] = true;
                i--;
                j--;
            }
        }
        return kept;
    }

    private static (int Length, int Weight) CommonHead(ReadOnlySpan<LineToken> line, ReadOnlySpan<ulong> hashes, ReadOnlySpan<byte> weights)
    {
        var (length, weight) = (0, 0);
        while (length < line.Length && length < hashes.Length && line[length].Hash == hashes[length]) weight += weights[length++];
        return (length, weight);
    }

    private void Fill(ReadOnlySpan<LineToken> line, ReadOnlySpan<ulong> hashes, ReadOnlySpan<byte> weights)
    {
        _table.AsSpan(0, hashes.Length + 1).Clear();
        for (var i = 1; i <= line.Length; i++)
        {
            var above = _table.AsSpan((i - 1) * Side, hashes.Length + 1);
            var row = _table.AsSpan(i * Side, hashes.Length + 1);
            row[0] = 0;
            var hash = line[i - 1].Hash;
            for (var j = 1; j < row.Length; j++)
            {
                var best = Math.Max(above[j], row[j - 1]);
                row[j] = hash == hashes[j - 1] ? Math.Max(best, (ushort)(above[j - 1] + weights[j - 1])) : best;
            }
        }
    }
}
