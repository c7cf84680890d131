using MlActors.Analysis.Contexts;

namespace MlActors.Analysis.Categorization;

/// <summary>What the partitions of a job share: the categories by id, the memory they take, what is to be reported, and the tools to read a line.</summary>
internal sealed class CategorySpace
{
    private readonly LineTokenizer _tokenizer;
    private readonly List<Category> _all = [];
    private readonly List<Category> _news = [];

    private readonly MemoryBudget _memory;
    private TextFilter _filter = new([]);

    public CategorySpace(CategorizationSettings settings, MemoryBudget memory)
    {
        (Settings, _memory) = (settings, memory);
        Take(KnownLines.Bytes);
        _tokenizer = new LineTokenizer(new WordKinds(settings.StopWords));
    }

    public CategorizationSettings Settings { get; }

    /// <summary>How texts are read from now on.</summary>
    public TextRules Rules
    {
        get;
        set => (field, _filter) = (value, new TextFilter(value.Filters));
    } = TextRules.None;

    public Alignment Alignment { get; } = new();

    public KnownLines Known { get; } = new();

    public IReadOnlyList<Category> All => _all;

    /// <summary>Bytes of categories and partitions; <see cref="KnownLines"/> included.</summary>
    public long Bytes => _memory.CategoryBytes;

    /// <summary>Whether a category or a partition was refused for lack of memory since this was last set to false.</summary>
    public bool Refused { get; set; }

    public Category this[int id] => _all[id - 1];

    /// <summary>The line of a text that decides; valid until the next call.</summary>
    public LineTemplate Read(ReadOnlySpan<char> text)
    {
        var line = _filter.Apply(LineTokenizer.FirstLine(text));
        _tokenizer.Read(line);
        return new LineTemplate(line, _tokenizer.Tokens);
    }

    /// <summary>Whether more may be kept of what is known.</summary>
    public bool HasRoomFor(long bytes) => _memory.HasRoomForCategory(bytes);

    /// <summary>Whether something new may come; a refusal is noted.</summary>
    public bool HasRoomForNew(long bytes)
    {
        if (HasRoomFor(bytes)) return true;
        Refused = true;
        return false;
    }

    public void Take(long bytes) => _memory.CategoryBytes += bytes;

    public Category Create(int partition, in LineTemplate line)
    {
        var category = new Category(_all.Count + 1, partition, line);
        _all.Add(category);
        Take(category.Bytes);
        return category;
    }

    /// <summary>Takes in a restored category; its id is the next one.</summary>
    public void Restore(Category category)
    {
        _all.Add(category);
        _news.Add(category);
        Take(category.Bytes);
    }

    public void Note(Category category, CategoryNews news)
    {
        if (category.News == CategoryNews.None) _news.Add(category);
        if (news > category.News) category.News = news;
    }

    /// <summary>What is to be reported, in order of id; with counts also what was only found again.</summary>
    public List<Category> TakeNews(bool counts)
    {
        var taken = _news.FindAll(category => counts || category.News == CategoryNews.Definition);
        _news.RemoveAll(category => counts || category.News == CategoryNews.Definition);
        foreach (var category in taken) category.News = CategoryNews.None;
        taken.Sort((a, b) => a.Id.CompareTo(b.Id));
        return taken;
    }
}
