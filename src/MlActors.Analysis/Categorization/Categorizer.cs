using System.Runtime.InteropServices;
using MlActors.Analysis.Binary;

namespace MlActors.Analysis.Categorization;

/// <summary>
/// Sorts the texts of one partition into categories. As in Drain (P. He, J. Zhu, Z. Zheng, M. R. Lyu: Drain: An Online Log Parsing Approach with Fixed
/// Depth Tree, ICWS 2017) a line walks down a tree of fixed depth to a short list of templates, joins the most similar one if it is similar enough,
/// and else becomes a template itself; a template keeps what its lines have in common. Unlike there the tree does not branch by the number of words
/// and the first words, which vary within a message, but by its actions (failed, closed, starting) in their order, and words are compared in order
/// and not by position, each with the weight of what it can say.
/// </summary>
internal sealed class Categorizer(CategorySpace space, int partition, string? value)
{
    /// <summary>Most categories of a partition: what cannot be sorted must not slow down what can.</summary>
    public const int MaxCategories = 4096;

    // Least similarity in percent. Without an action the things that are named decide, so more of them must agree.
    private const int LeastWithAction = 60;
    private const int LeastWithoutAction = 75;

    private const int DocumentsBetweenJudgements = 100;
    private const int FixedBytes = 400;

    private readonly Dictionary<ulong, Leaf> _leaves = [];
    private readonly List<Category> _categories = [];
    private long _documents;
    private long _failed;
    private int _rare;
    private int _dead;
    private CategorizationStatus _status;
    private (long Texts, CategorizationStatus Status) _reported = (-1, CategorizationStatus.Ok);

    public string? Value { get; } = value;

    public long Bytes => BytesFor(Value);

    /// <summary>Whether its texts are left alone.</summary>
    public bool IsStopped => space.Rules.StopOnWarn && _status == CategorizationStatus.Warn;

    public CategorizationStats Stats => Count() with { Status = _status };

    public static long BytesFor(string? value) => FixedBytes + (2 * (value?.Length ?? 0));

    /// <summary>The category of a text; <c>null</c> when there is no room for the one it needs, or when the partition is stopped.</summary>
    public Category? Categorize(string text)
    {
        if (IsStopped) return null;
        var line = space.Read(text);
        var category = _leaves.TryGetValue(line.Key, out var leaf) ? Find(leaf, line) : Create(line);
        if (category is null)
        {
            _failed++;
            return null;
        }
        Count(category, text);
        return category;
    }

    /// <summary>Whether its statistics are to be reported: they changed since they last were.</summary>
    /// <param name="counts">Else only a change of the status is.</param>
    public bool TakeNews(bool counts)
    {
        var now = (_documents + _failed, _status);
        if (counts ? now == _reported : _status == _reported.Status) return false;
        _reported = now;
        return true;
    }

    public void Write(ByteWriter writer)
    {
        writer.VarInt(_documents);
        writer.VarInt(_failed);
        writer.Byte((byte)_status);
    }

    public void Read(ref ByteReader reader) =>
        (_documents, _failed, _status) = (reader.VarInt(), reader.VarInt(), reader.Bool() ? CategorizationStatus.Warn : CategorizationStatus.Ok);

    /// <summary>Takes in a restored category.</summary>
    public void Restore(Category category)
    {
        _categories.Add(category);
        if (category.Matches == 1) _rare++;
        if (category.IsDead) _dead++;
        if (!category.IsDead) LeafOf(category.Key).Add(category);
    }

    private Leaf LeafOf(ulong key) => CollectionsMarshal.GetValueRefOrAddDefault(_leaves, key, out _) ??= new Leaf(partition, key);

    private Category? Find(Leaf leaf, in LineTemplate line)
    {
        var known = line.Signature ^ leaf.Stamp;
        if (space.Known.Find(known) is > 0 and var id) return space[id];
        var (category, weight) = MostSimilar(leaf, line);
        if (category is null) return Create(line);
        if (weight == category.Weight && line.Weight <= category.MaxWeight) space.Known.Add(known, category.Id);
        else Widen(leaf, category, line, weight);
        return category;
    }

    private (Category? Category, int Weight) MostSimilar(Leaf leaf, in LineTemplate line)
    {
        var least = line.HasAction ? LeastWithAction : LeastWithoutAction;
        Category? best = null;
        var (bestWeight, bestOf) = (-1, 1);
        foreach (var category in leaf.Candidates(line, least))
        {
            if (category.IsDead) continue;
            var needed = least * Math.Max(line.Weight, category.BaseWeight);
            var mayContain = (category.Bits & ~line.Bits) == 0 && line.Weight <= category.MaxWeight;
            if (!mayContain && 100 * MostInCommon(line, category) < needed) continue;
            var weight = space.Alignment.Weigh(line.Tokens, category);
            if (100 * weight < needed && !(mayContain && weight == category.Weight)) continue;
            var of = Math.Max(1, Math.Max(line.Weight, category.Weight));
            if (weight * bestOf <= bestWeight * of) continue;
            (best, bestWeight, bestOf) = (category, weight, of);
        }
        return (best, bestWeight);
    }

    // Never less than what an alignment finds, and much faster.
    private static int MostInCommon(in LineTemplate line, Category category)
    {
        var weight = 0;
        foreach (ref readonly var token in line.Tokens) weight += (int)(category.Bits >> (int)(token.Hash & 63) & 1) * token.Weight;
        return weight;
    }

    private Category? Create(in LineTemplate line)
    {
        if (_categories.Count >= MaxCategories || !space.HasRoomForNew(Category.BytesFor(line))) return null;
        var category = space.Create(partition, line);
        space.Note(category, CategoryNews.Definition);
        _categories.Add(category);
        var leaf = LeafOf(line.Key);
        leaf.Add(category);
        leaf.Change();
        return category;
    }

    // Takes a line into a template that must give up words for it, or that has not seen so many.
    private void Widen(Leaf leaf, Category category, in LineTemplate line, int weight)
    {
        var before = category.Bytes;
        if (weight < category.Weight) category.Keep(space.Alignment.Keep(line.Tokens, category));
        category.MaxWeight = Math.Max(category.MaxWeight, line.Weight);
        for (var i = leaf.Live.Count - 1; i >= 0; i--)
        {
            var other = leaf.Live[i];
            if (other == category || other.MaxWeight > category.MaxWeight || !category.IsPartOf(other)) continue;
            other.IsDead = true;
            _dead++;
            leaf.Live.RemoveAt(i);
            category.Prefer(other);
        }
        leaf.Index?.Widened(category);
        space.Take(category.Bytes - before);
        space.Note(category, CategoryNews.Definition);
        leaf.Change();
    }

    private void Count(Category category, string text)
    {
        _documents++;
        category.Matches++;
        if (category.Matches == 1) _rare++;
        else if (category.Matches == 2) _rare--;
        var news = CategoryNews.Count;
        if (text.Length > category.MaxLength)
        {
            category.MaxLength = text.Length;
            news = CategoryNews.Definition;
        }
        if (category.Examples.Count < space.Settings.ExamplesLimit && TryAddExample(category, text)) news = CategoryNews.Definition;
        space.Note(category, news);
        if (_documents % DocumentsBetweenJudgements == 0) _status = Count().Judge();
    }

    private bool TryAddExample(Category category, string text)
    {
        var length = Math.Min(text.Length, LineTokenizer.MaxLength);
        if (length < text.Length && char.IsHighSurrogate(text[length - 1])) length--;
        for (var i = 0; i < category.Examples.Count; i++)
            if (text.AsSpan(0, length).SequenceEqual(category.Examples[i]))
                return false;
        var bytes = Category.BytesForExample(length);
        if (!space.HasRoomFor(bytes)) return false;
        category.AddExample(length == text.Length ? text : text[..length]);
        space.Take(bytes);
        return true;
    }

    private CategorizationStats Count()
    {
        var frequent = 0;
        foreach (var category in _categories)
            if (category.Matches * 100 > _documents)
                frequent++;
        return new CategorizationStats
        {
            CategorizedDocuments = _documents, TotalCategories = _categories.Count, FrequentCategories = frequent, RareCategories = _rare,
            DeadCategories = _dead, FailedCategories = _failed,
        };
    }

    /// <summary>The templates of the same actions, in order of id.</summary>
    private sealed class Leaf(int partition, ulong key)
    {
        // Fewer are compared faster than looked up.
        private const int FewestIndexed = 64;

        private readonly ulong _place = WordHash.Join(WordHash.Join(WordHash.Seed, (ulong)partition), key);
        private ulong _changes;

        public List<Category> Live { get; } = [];

        /// <summary>There is one as soon as there are many.</summary>
        public CategoryIndex? Index { get; private set; }

        /// <summary>Another one after each change, so that what was known before does not hold any more.</summary>
        public ulong Stamp => WordHash.Join(_place, _changes);

        public void Change() => _changes++;

        public void Add(Category category)
        {
            Live.Add(category);
            Index?.Add(category);
        }

        /// <summary>Those that a line may belong to, in order of id; dead ones may be among them.</summary>
        /// <param name="least">Least similarity in percent, the same for all lines of the leaf.</param>
        public List<Category> Candidates(in LineTemplate line, int least)
        {
            if (Index is not null) return Index.Find(line);
            if (Live.Count < FewestIndexed) return Live;
            Index = new CategoryIndex(least);
            foreach (var category in Live) Index.Add(category);
            return Index.Find(line);
        }
    }
}
