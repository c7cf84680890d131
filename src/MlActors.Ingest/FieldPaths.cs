using MlActors.Analysis.Input;

namespace MlActors.Ingest;

/// <summary>
/// The names that are looked for in records, as a tree of dotted paths. A node stands for a path; its edges are what is missing to the longer
/// paths, whole: <c>a.b.c</c> is reached from the root as "a.b.c", "a.b" + "c", "a" + "b.c" and "a" + "b" + "c", so nested objects and keys
/// with dots in them are the same field. Tracked fields are numbered; the time field is 0.
/// </summary>
internal sealed class FieldPaths
{
    public const int TimeField = 0;

    /// <summary>The record itself.</summary>
    public const int Root = 0;

    /// <summary>A place below which nothing is looked for.</summary>
    public const int Nowhere = 1;

    private readonly List<Node> _nodes = [];
    private readonly List<string> _names = [];

    public FieldPaths(string timeField, BatchSchema schema)
    {
        var paths = new List<string>();
        Track(timeField);
        foreach (var field in schema.Fields) Track(field.Name);

        _nodes.Add(new Node(-1, EdgesFrom("", paths)));
        _nodes.Add(new Node(-1, []));
        foreach (var path in paths) _nodes.Add(new Node(_names.IndexOf(path), EdgesFrom(path + ".", paths)));

        void Track(string name)
        {
            if (_names.Contains(name)) return;
            _names.Add(name);
            Add(name);
            for (var dot = name.IndexOf('.'); dot >= 0; dot = name.IndexOf('.', dot + 1)) Add(name[..dot]);
        }

        void Add(string path)
        {
            if (!paths.Contains(path)) paths.Add(path);
        }
    }

    /// <summary>The tracked names by number.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The number of the field at a node, −1 when it is not tracked.</summary>
    public int FieldAt(int node) => _nodes[node].Field;

    /// <summary>Where a key leads.</summary>
    /// <param name="key">Unescaped UTF-8.</param>
    public int Follow(int node, ReadOnlySpan<byte> key)
    {
        var edges = _nodes[node].Edges;
        if ((uint)key.Length >= (uint)edges.Length) return Nowhere;
        foreach (var edge in edges[key.Length])
            if (key.SequenceEqual(edge.Key))
                return edge.Node;
        return Nowhere;
    }

    // By length of the key. Node numbers of paths start after the root and nowhere.
    private static Edge[][] EdgesFrom(string prefix, List<string> paths)
    {
        var edges = paths
            .Select((path, i) => (path, node: i + 2))
            .Where(to => to.path.StartsWith(prefix, StringComparison.Ordinal))
            .Select(to => new Edge(System.Text.Encoding.UTF8.GetBytes(to.path[prefix.Length..]), to.node))
            .ToLookup(edge => edge.Key.Length);
        var longest = edges.Count == 0 ? -1 : edges.Max(group => group.Key);
        return [.. Enumerable.Range(0, longest + 1).Select(length => edges[length].ToArray())];
    }

    private readonly record struct Edge(byte[] Key, int Node);

    private sealed record Node(int Field, Edge[][] Edges);
}
