using System.Collections.Immutable;

namespace MlActors.Documents.Queries;

/// <summary>
/// What documents must be like: an immutable tree, the same for all indices. <see cref="QueryReader"/> makes it of JSON, <see cref="Matching.QueryMatcher"/>
/// asks documents. A path is dotted; dots in names and objects within objects are alike. A condition on a field holds when one of its values fulfils it.
/// </summary>
public abstract record Query
{
    public static Query All { get; } = new AllQuery();

    public static Query None { get; } = new NoneQuery();

    /// <summary>Both must hold.</summary>
    public static Query And(Query one, Query other) => one is AllQuery ? other : other is AllQuery ? one : new BoolQuery([one, other], [], [], 0);
}

public sealed record AllQuery : Query;

public sealed record NoneQuery : Query;

/// <summary>A value equals one of these.</summary>
/// <param name="Field"><c>null</c>: any field.</param>
public sealed record TermsQuery(string? Field, ImmutableArray<QueryValue> Values, bool IgnoreCase = false) : Query;

/// <summary>A value has the words of a text, in any case, or equals it.</summary>
/// <param name="Field"><c>null</c>: any field.</param>
/// <param name="AllWords">Whether every word is needed or one is enough.</param>
/// <param name="Phrase">Whether they must stand one behind the other.</param>
public sealed record WordsQuery(string? Field, QueryValue Text, bool AllWords, bool Phrase) : Query;

public sealed record PrefixQuery(string Field, string Prefix, bool IgnoreCase) : Query;

/// <param name="Pattern"><c>*</c> stands for any characters, <c>?</c> for one, <c>\</c> takes the next as it is.</param>
public sealed record WildcardQuery(string? Field, string Pattern, bool IgnoreCase) : Query;

/// <param name="Now">What <c>now</c> means in the bounds.</param>
/// <param name="Format">The form of the bounds; <c>null</c>: that of the field.</param>
/// <param name="Zone">Of bounds without one.</param>
public sealed record RangeQuery(string Field, RangeBound? Lower, RangeBound? Upper, DateTimeOffset Now, string? Format = null, TimeSpan Zone = default) : Query;

public sealed record RangeBound(QueryValue Value, bool Inclusive);

/// <summary>The field has a value other than null.</summary>
public sealed record ExistsQuery(string Field) : Query;

public sealed record IdsQuery(ImmutableArray<string> Ids) : Query;

/// <param name="Must">All hold.</param>
/// <param name="Should">At least <paramref name="LeastShould"/> hold.</param>
/// <param name="MustNot">None holds.</param>
public sealed record BoolQuery(ImmutableArray<Query> Must, ImmutableArray<Query> Should, ImmutableArray<Query> MustNot, int LeastShould) : Query;
