using System.Text;

namespace MlActors.Documents.Matching;

/// <summary>The paths whose values are wanted, as a tree of names; each path has a slot. Complete before documents are read.</summary>
public sealed class FieldPaths
{
    private const string Keyword = ".keyword";

    private readonly Dictionary<string, int> _slots = new(StringComparer.Ordinal);

    internal PathNode Root { get; } = new([], null);

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

internal sealed class PathNode(byte[] name, PathNode? parent)
{
    private readonly List<PathNode> _children = [];

    public PathNode? Parent => parent;

    public List<int> Slots { get; } = [];

    /// <summary>This node or the next above it that is wanted, below an end.</summary>
    public PathNode? NearestWanted(PathNode end)
    {
        for (var node = this; node is not null && node != end; node = node.Parent)
            if (node.Slots.Count > 0) return node;
        return null;
    }

    public PathNode Add(byte[] child)
    {
        if (Child(child) is { } known) return known;
        _children.Add(new PathNode(child, this));
        return _children[^1];
    }

    /// <summary>The node of a property, whose name may itself be dotted.</summary>
    /// <param name="passed">The innermost wanted node on the way.</param>
    public PathNode? Advance(ReadOnlySpan<byte> property, out PathNode? passed)
    {
        var node = this;
        passed = null;
        while (node is not null && property.IndexOf((byte)'.') is var dot && dot >= 0)
        {
            node = node.Child(property[..dot]);
            if (node is { Slots.Count: > 0 }) passed = node;
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
