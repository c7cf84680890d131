using MlActors.Documents.Queries;
using MlActors.Documents.Store;

namespace MlActors.Documents.Matching;

/// <summary>A query made ready for the documents of one index. Used by one thread at a time.</summary>
public sealed class QueryMatcher
{
    private readonly Condition _condition;
    private readonly DocumentFields _fields;
    private readonly bool _reads;

    private QueryMatcher(Condition condition, FieldPaths paths, TimeBounds bounds)
    {
        (_condition, _fields, _reads, Bounds) = (condition, new DocumentFields(paths), paths.Count > 0, bounds);
    }

    /// <summary>Whether it asks for the ids that senders gave.</summary>
    public bool NeedsIds { get; private init; }

    /// <summary>Every document within <see cref="Bounds"/> matches.</summary>
    public bool MatchesAll => ReferenceEquals(_condition, Constant.True);

    /// <summary>Nothing outside matches.</summary>
    public TimeBounds Bounds { get; }

    /// <exception cref="QueryException">A value cannot be what the field's type asks for.</exception>
    public static QueryMatcher Compile(Query query, IndexInfo index)
    {
        var paths = new FieldPaths();
        var compiler = new MatcherCompiler(index, paths);
        var bounds = compiler.BoundsOf(query);
        var condition = compiler.IsOnlyTime(query) ? Constant.True : compiler.Compile(query);
        return new QueryMatcher(condition, paths, bounds) { NeedsIds = compiler.NeedsIds };
    }

    /// <param name="givenId">UTF-8; empty when the store made the id.</param>
    public bool Matches(ReadOnlySpan<byte> source, long timeMs, long seq, ReadOnlySpan<byte> givenId)
    {
        if (timeMs < Bounds.FromMs || timeMs > Bounds.LastMs) return false;
        if (_reads) _fields.Read(source);
        return _condition.Holds(new Candidate(source, _fields, timeMs, seq, givenId));
    }
}

/// <summary>A range of time, both ends inclusive; empty when the last is before the first.</summary>
public readonly record struct TimeBounds(long FromMs, long LastMs)
{
    public static TimeBounds Everything { get; } = new(long.MinValue, long.MaxValue);

    public static TimeBounds Nothing { get; } = new(long.MaxValue, long.MinValue);

    public bool IsEmpty => LastMs < FromMs;

    public TimeBounds And(TimeBounds other) => new(Math.Max(FromMs, other.FromMs), Math.Min(LastMs, other.LastMs));
}
