using System.Text;

namespace MlActors.Documents.Matching;

/// <summary>The paths whose values are wanted, as a tree of names; each path has a slot. Complete before documents are read.</summary>
public sealed class FieldPaths
{
    private const string Keyword = ".keyword";

    private readonly Dictionary<string, int> _slots = new(StringComparer.Ordinal);

    internal PathNode Root { get; } = new([]);

    /// <summary>The slot of every value of the document; -1 when nobody asked.</summary>
    internal int AnySlot { get; private set; } = -1;

    public int Count { get; private set; }

    /// <summary>The slot of a path. <c>name.keyword</c> means <c>name</c> as well, as the exact form of a text is called by habit.</summary>
    public int Add(string path)
    {
        if (_slots.TryGetValue(path, out var known)) return known;
        var slot = _slots[path] = Count++;
        NodeOf(path).Slots.Add(slot);
        if (path.EndsWith(Keyword, StringComparison.Ordinal)) NodeOf(path[..^Keyword.Length]).Slots.Add(slot);
        return slot;
    }

    public int AddAny() => AnySlot < 0 ? AnySlot = Count++ : AnySlot;

    private PathNode NodeOf(string path)
    {
        var node = Root;
        foreach (var name in path.Split('.')) node = node.Add(Encoding.UTF8.GetBytes(name));
        return node;
    }
}

internal sealed class PathNode(byte[] name)
{
    private readonly List<PathNode> _children = [];

    public List<int> Slots { get; } = [];

    public PathNode Add(byte[] child)
    {
        if (Child(child) is { } known) return known;
        _children.Add(new PathNode(child));
        return _children[^1];
    }

    /// <summary>The node of a property, whose name may itself be dotted.</summary>
    public PathNode? Advance(ReadOnlySpan<byte> property)
    {
        var node = this;
        while (node is not null && property.IndexOf((byte)'.') is var dot && dot >= 0)
        {
            node = node.Child(property[..dot]);
            property = property[(dot + 1)..];
        }
        return node?.Child(property);
    }

    private PathNode? Child(ReadOnlySpan<byte> wanted)
    {
        // Few: a list is faster than a dictionary of bytes.
        foreach (var child in _children)
            if (wanted.SequenceEqual(child.Name)) return child;
        return null;
    }

    private byte[] Name => name;
}
