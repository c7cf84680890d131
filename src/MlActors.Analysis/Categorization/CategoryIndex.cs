namespace MlActors.Analysis.Categorization;

/// <summary>
/// Finds among very many templates those that a line can belong to, so that not all of them are looked at. A line belongs to a template only when most
/// of its weight is in common; so one of the two shares one of the line's rarest words, once the other words together weigh too little. What is found is
/// never less than that, sometimes more. It only saves time: it is not part of the state.
/// </summary>
/// <param name="least">Least similarity in percent.</param>
internal sealed class CategoryIndex(int least)
{
    /// <summary>What one word of one template takes: its place in a chain, and room in the table.</summary>
    public const int BytesOfWord = 24;

    private const int FewestSlots = 1024;

    // Chains of words by their hash, several words to a chain; places from 1, 0 for none.
    private int[] _first = new int[FewestSlots];
    private int[] _lengths = new int[FewestSlots];
    private readonly List<(ulong Hash, Category Category, int Next)> _places = [default];

    // Those that are found by what is left of them, however much the line has besides.
    private readonly List<Category> _general = [];
    private readonly List<Category> _found = [];

    /// <summary>Takes in a template.</summary>
    public void Add(Category category)
    {
        foreach (var hash in category.Hashes)
        {
            if (_places.Count > _first.Length) Grow();
            _places.Add((hash, category, 0));
            Link(_places.Count - 1);
        }
        Widened(category);
    }

    /// <summary>A template has given up words, or takes longer lines. Words that it does not have any more stay in their chains.</summary>
    public void Widened(Category category)
    {
        var isGeneral = category.Weight == 0 || 100 * category.Weight < least * category.MaxWeight;
        if (isGeneral && !_general.Contains(category)) _general.Add(category);
    }

    /// <summary>The templates that a line may belong to, in order of id; valid until the next call.</summary>
    public List<Category> Find(in LineTemplate line)
    {
        _found.Clear();
        _found.AddRange(_general);
        var tokens = line.Tokens;
        Span<int> rarest = stackalloc int[LineTokenizer.MaxTokens];
        rarest = rarest[..tokens.Length];
        Span<int> lengths = stackalloc int[LineTokenizer.MaxTokens];
        lengths = lengths[..tokens.Length];
        for (var i = 0; i < tokens.Length; i++) (rarest[i], lengths[i]) = (i, _lengths[SlotOf(tokens[i].Hash)]);
        lengths.Sort(rarest);
        var rest = line.Weight;
        foreach (var i in rarest)
        {
            if (100 * rest < least * line.Weight) break;
            rest -= tokens[i].Weight;
            var hash = tokens[i].Hash;
            for (var place = _first[SlotOf(hash)]; place != 0; place = _places[place].Next)
                if (_places[place].Hash == hash)
                    _found.Add(_places[place].Category);
        }
        if (_found.Count < 2) return _found;
        _found.Sort((a, b) => a.Id.CompareTo(b.Id));
        var kept = 1;
        for (var i = 1; i < _found.Count; i++)
            if (_found[i] != _found[kept - 1])
                _found[kept++] = _found[i];
        _found.RemoveRange(kept, _found.Count - kept);
        return _found;
    }

    private int SlotOf(ulong hash) => (int)((hash >> 20) & (ulong)(_first.Length - 1));

    private void Grow()
    {
        (_first, _lengths) = (new int[_first.Length * 2], new int[_first.Length * 2]);
        for (var place = 1; place < _places.Count; place++) Link(place);
    }

    private void Link(int place)
    {
        var slot = SlotOf(_places[place].Hash);
        _places[place] = _places[place] with { Next = _first[slot] };
        _first[slot] = place;
        _lengths[slot]++;
    }
}
