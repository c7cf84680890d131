using System.Text;
using MlActors.Analysis.Binary;

namespace MlActors.Analysis.Categorization;

/// <summary>What of a category is not reported yet.</summary>
internal enum CategoryNews : byte { None, Count, Definition }

/// <summary>
/// A category: the template that its lines share and what is known of them. The template is the words of the first line in order, without those that
/// later lines do not have.
/// </summary>
internal sealed class Category
{
    // The object, its arrays and its part in the tables, on 64 bits.
    private const int FixedBytes = 360;
    private const int BytesOfWord = 17 + CategoryIndex.BytesOfWord;
    private const int BytesOfString = 24;

    private ulong[] _hashes = [];
    private byte[] _weights = [];
    private string[] _words = [];
    private readonly List<string> _examples = [];
    private readonly List<int> _preferredTo = [];
    private string? _idText;

    private Category(int id, int partition, ulong key) => (Id, Partition, Key) = (id, partition, key);

    /// <param name="line">The first line: its words are the template.</param>
    public Category(int id, int partition, in LineTemplate line)
        : this(id, partition, line.Key)
    {
        var tokens = line.Tokens;
        (_hashes, _weights, _words) = (new ulong[tokens.Length], new byte[tokens.Length], new string[tokens.Length]);
        for (var i = 0; i < tokens.Length; i++)
            (_hashes[i], _weights[i], _words[i]) = (tokens[i].Hash, tokens[i].Weight, new string(line.Text.Slice(tokens[i].Start, tokens[i].Length)));
        BaseWeight = MaxWeight = line.Weight;
        Summarize();
    }

    /// <summary>From 1 in order of discovery, over all partitions of the job.</summary>
    public int Id { get; }

    /// <summary>Number of the partition, from 0 in order of discovery.</summary>
    public int Partition { get; }

    /// <summary>The hash of the actions; lines of other actions are of other categories.</summary>
    public ulong Key { get; }

    /// <summary>Weight of all words of the first line: how much the template was when it was whole.</summary>
    public int BaseWeight { get; private set; }

    /// <summary>Largest weight of a line that was accepted.</summary>
    public int MaxWeight { get; set; }

    /// <summary>Weight of the words of the template.</summary>
    public int Weight { get; private set; }

    /// <summary>A set of the template's words, one bit each, several words to a bit.</summary>
    public ulong Bits { get; private set; }

    /// <summary>In UTF-16 units, of the texts as they came.</summary>
    public int MaxLength { get; set; }

    public long Matches { get; set; }

    /// <summary>Whether another category encompasses it, so that it will not be found again.</summary>
    public bool IsDead { get; set; }

    public CategoryNews News { get; set; }

    /// <summary>The batch in which it was last seen, and its code there.</summary>
    public long Batch { get; set; } = -1;

    public int Code { get; set; }

    public string IdText => _idText ??= Id.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public ReadOnlySpan<ulong> Hashes => _hashes;

    public ReadOnlySpan<byte> Weights => _weights;

    public IReadOnlyList<string> Examples => _examples;

    public IReadOnlyList<int> PreferredTo => _preferredTo;

    /// <summary>Follows from what is held and not from capacities, so it is the same after a restore.</summary>
    public long Bytes { get; private set; }

    public static long BytesFor(in LineTemplate line)
    {
        long bytes = FixedBytes;
        foreach (var token in line.Tokens) bytes += BytesOfWord + BytesOfString + (2 * token.Length);
        return bytes;
    }

    public static long BytesForExample(int length) => 8 + BytesOfString + (2 * length);

    /// <summary>Keeps the marked words alone.</summary>
    public void Keep(ReadOnlySpan<bool> kept)
    {
        var count = kept.Count(true);
        var (hashes, weights, words) = (new ulong[count], new byte[count], new string[count]);
        for (int from = 0, to = 0; from < kept.Length; from++)
        {
            if (!kept[from]) continue;
            (hashes[to], weights[to], words[to]) = (_hashes[from], _weights[from], _words[from]);
            to++;
        }
        (_hashes, _weights, _words) = (hashes, weights, words);
        Summarize();
    }

    public void AddExample(string example)
    {
        _examples.Add(example);
        Bytes += BytesForExample(example.Length);
    }

    public void Prefer(Category over)
    {
        _preferredTo.Add(over.Id);
        Bytes += sizeof(int);
    }

    /// <summary>Whether the words of this template stand in the other's in this order.</summary>
    public bool IsPartOf(Category other)
    {
        if ((Bits & ~other.Bits) != 0 || _hashes.Length > other._hashes.Length) return false;
        var at = 0;
        foreach (var hash in other._hashes)
            if (at < _hashes.Length && _hashes[at] == hash)
                at++;
        return at == _hashes.Length;
    }

    public CategoryDefinition Define(string? partitionField, string? partitionValue)
    {
        var regex = new StringBuilder(".*");
        for (var i = 0; i < _words.Length; i++)
            regex.Append(i == 0 ? "?" : ".+?").Append(_words[i].Replace(".", "\\.", StringComparison.Ordinal));
        if (_words.Length > 0) regex.Append(".*");
        return new CategoryDefinition(Id, string.Join(' ', _words), regex.ToString(), MaxLength + (MaxLength / 10), [.. _examples], Matches, [.. _preferredTo])
        {
            PartitionFieldName = partitionField, PartitionFieldValue = partitionValue,
        };
    }

    public void Write(ByteWriter writer)
    {
        writer.VarUInt((ulong)Partition);
        writer.UInt64(Key);
        writer.VarUInt((ulong)BaseWeight);
        writer.VarUInt((ulong)MaxWeight);
        writer.VarUInt((ulong)MaxLength);
        writer.VarInt(Matches);
        writer.Bool(IsDead);
        writer.VarUInt((ulong)_words.Length);
        for (var i = 0; i < _words.Length; i++)
        {
            writer.String(_words[i]);
            writer.Byte(_weights[i]);
        }
        writer.VarUInt((ulong)_examples.Count);
        foreach (var example in _examples) writer.String(example);
        writer.VarUInt((ulong)_preferredTo.Count);
        foreach (var id in _preferredTo) writer.VarUInt((ulong)id);
    }

    /// <exception cref="InvalidDataException">The bytes hold no category.</exception>
    public static Category Read(ref ByteReader reader, int id, int partitions)
    {
        var partition = reader.VarUInt();
        if (partition >= (ulong)partitions) throw new InvalidDataException("a category belongs to no partition");
        var category = new Category(id, (int)partition, reader.UInt64())
        {
            BaseWeight = Small(reader.VarUInt()), MaxWeight = Small(reader.VarUInt()), MaxLength = Small(reader.VarUInt()), Matches = reader.VarInt(),
            IsDead = reader.Bool(), News = CategoryNews.Definition,
        };
        var words = reader.Count(2);
        if (words > LineTokenizer.MaxTokens) throw new InvalidDataException("a category has too many words");
        (category._hashes, category._weights, category._words) = (new ulong[words], new byte[words], new string[words]);
        for (var i = 0; i < words; i++)
        {
            category._words[i] = reader.String();
            category._weights[i] = reader.Byte();
            category._hashes[i] = WordHash.Of(category._words[i]);
        }
        category.Summarize();
        for (var left = reader.Count(1); left > 0; left--) category.AddExample(reader.String());
        for (var left = reader.Count(1); left > 0; left--)
        {
            category._preferredTo.Add(Small(reader.VarUInt()));
            category.Bytes += sizeof(int);
        }
        return category;
    }

    private static int Small(ulong value) => value <= int.MaxValue ? (int)value : throw new InvalidDataException($"{value} is too large");

    private void Summarize()
    {
        (Weight, Bits) = (0, 0);
        Bytes = FixedBytes + (sizeof(int) * _preferredTo.Count);
        for (var i = 0; i < _words.Length; i++)
        {
            Weight += _weights[i];
            Bits |= 1UL << (int)(_hashes[i] & 63);
            Bytes += BytesOfWord + BytesOfString + (2 * _words[i].Length);
        }
        foreach (var example in _examples) Bytes += BytesForExample(example.Length);
    }
}
