using System.Collections.Immutable;

namespace MlActors.Analysis.Contexts;

/// <summary>
/// Whether a filter holds a value. Items that begin or end with <c>*</c> are looked up by the length of their fixed part, so that a look-up takes a
/// time that depends on the value and hardly on the number of items; only those with a star at both ends are gone through.
/// </summary>
internal sealed class FilterMatcher
{
    private readonly HashSet<string> _whole = new(StringComparer.Ordinal);
    private readonly HashSet<string> _beginnings = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ends = new(StringComparer.Ordinal);
    private readonly List<string> _middles = [];
    private readonly int[] _beginningLengths;
    private readonly int[] _endLengths;

    public FilterMatcher(ImmutableArray<string> items)
    {
        foreach (var item in items)
        {
            var (open, closed) = (item.StartsWith('*'), item.EndsWith('*'));
            if (open && closed) _middles.Add(item.Trim('*'));
            else if (open) _ends.Add(item[1..]);
            else if (closed) _beginnings.Add(item[..^1]);
            else _whole.Add(item);
        }
        _beginningLengths = LengthsOf(_beginnings);
        _endLengths = LengthsOf(_ends);
    }

    public bool Holds(string value)
    {
        if (_whole.Contains(value)) return true;
        foreach (var length in _beginningLengths)
            if (length <= value.Length && _beginnings.GetAlternateLookup<ReadOnlySpan<char>>().Contains(value.AsSpan(0, length)))
                return true;
        foreach (var length in _endLengths)
            if (length <= value.Length && _ends.GetAlternateLookup<ReadOnlySpan<char>>().Contains(value.AsSpan(value.Length - length)))
                return true;
        foreach (var middle in _middles)
            if (value.Contains(middle, StringComparison.Ordinal))
                return true;
        return false;
    }

    private static int[] LengthsOf(HashSet<string> parts) => [.. parts.Select(part => part.Length).Distinct().Order()];
}
