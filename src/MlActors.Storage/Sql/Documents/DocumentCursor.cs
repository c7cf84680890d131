using MlActors.Documents.Matching;
using MlActors.Documents.Store;

namespace MlActors.Storage.Sql.Documents;

/// <summary>Walks through the documents of one index in the order of time, forwards or backwards.</summary>
internal abstract class DocumentCursor(IndexInfo index, QueryMatcher matcher) : IDisposable
{
    public QueryMatcher Matcher => matcher;

    public DocumentPosition Position { get; protected set; }

    /// <summary>The document; valid until the next step.</summary>
    public abstract ReadOnlySpan<byte> Source { get; }

    /// <summary>The id that its sender gave, UTF-8; empty when it was made. Valid until the next step.</summary>
    public abstract ReadOnlySpan<byte> GivenId { get; }

    protected long Number => index.Number;

    public abstract bool Step();

    public bool IsMatch()
    {
        if (Matcher.MatchesAll) return true;
        return Matcher.Matches(Source, Position.TimeMs, Position.Seq, Matcher.NeedsIds ? GivenId : default);
    }

    public abstract void Dispose();

    /// <summary>The place behind which a walk begins: within bounds, and behind <paramref name="after"/> in the order over all indices.</summary>
    /// <remarks>Sequence numbers are 0 or more: behind (t, -1) is all of t, behind (t, max) what is after t.</remarks>
    protected (long TimeMs, long Seq) Before(TimeBounds bounds, DocumentPosition? after, bool descending)
    {
        if (descending)
        {
            if (after is not { } last || last.TimeMs > bounds.LastMs) return (bounds.LastMs, long.MaxValue);
            return (last.TimeMs, Number == last.IndexNumber ? last.Seq : Number < last.IndexNumber ? long.MaxValue : -1);
        }
        if (after is not { } place || place.TimeMs < bounds.FromMs) return (bounds.FromMs, -1);
        return (place.TimeMs, Number == place.IndexNumber ? place.Seq : Number > place.IndexNumber ? -1 : long.MaxValue);
    }
}
