using MlActors.Documents.Queries;
using MlActors.Documents.Store;
using MlActors.Documents.Times;

namespace MlActors.Documents.Matching;

/// <summary>Turns a query into conditions, with what is known of the index: its name, its time field, the types of its fields.</summary>
internal sealed class MatcherCompiler(IndexInfo index, FieldPaths paths)
{
    private const string Id = "_id";
    private const string Index = "_index";
    private const string Seq = "_seq_no";

    /// <summary>Whether a condition asks for the ids that senders gave.</summary>
    public bool NeedsIds { get; private set; }

    public Condition Compile(Query query) => query switch
    {
        AllQuery => Constant.True,
        NoneQuery => Constant.False,
        TermsQuery { Field: Id } terms => Ids(terms.Values.Select(value => value.Text)),
        TermsQuery { Field: Index } terms => Of(terms.Values.Any(value => value.Text == index.Name)),
        TermsQuery { Field: Seq } terms => new AllOf([], [.. terms.Values.Select(value => Number(Seq, value)).Select(value => new SeqCondition(value, value))], [], 1),
        TermsQuery terms => Terms(terms),
        WordsQuery { Field: Index or Id or Seq } words => Compile(new TermsQuery(words.Field, [words.Text])),
        WordsQuery words => Words(words),
        PrefixQuery { Field: Index } prefix => Of(index.Name.StartsWith(prefix.Prefix, StringComparison.Ordinal)),
        PrefixQuery prefix => Prefix(prefix),
        WildcardQuery { Field: Index } wildcard => Of(TextRules.Matches(wildcard.Pattern, index.Name, wildcard.IgnoreCase)),
        WildcardQuery wildcard => new TextRule(SlotOf(wildcard.Field), text => TextRules.Matches(wildcard.Pattern, text, wildcard.IgnoreCase)),
        ExistsQuery { Field: Id or Index or Seq } => Constant.True,
        ExistsQuery exists => new Exists(paths.Add(exists.Field)),
        IdsQuery ids => Ids(ids.Ids),
        RangeQuery range => Range(range),
        BoolQuery all => new AllOf(Compile(all.Must), Compile(all.Should), Compile(all.MustNot), all.LeastShould),
        _ => throw new NotSupportedException($"no condition for {query.GetType().Name}"),
    };

    /// <summary>A range of time outside of which nothing matches.</summary>
    public TimeBounds BoundsOf(Query query) => query switch
    {
        NoneQuery => TimeBounds.Nothing,
        RangeQuery range when range.Field == index.TimeField => Dates(range, index.Mapping.DateOf(range.Field) ?? DateFormat.Default) ?? TimeBounds.Everything,
        BoolQuery all => all.Must.Aggregate(TimeBounds.Everything, (bounds, part) => bounds.And(BoundsOf(part))),
        _ => TimeBounds.Everything,
    };

    /// <summary>Whether the bounds say all that the query says.</summary>
    public bool IsOnlyTime(Query query) => query switch
    {
        AllQuery => true,
        RangeQuery range => range.Field == index.TimeField,
        BoolQuery { LeastShould: 0, MustNot.IsEmpty: true } all => all.Must.All(IsOnlyTime),
        _ => false,
    };

    private static Constant Of(bool value) => value ? Constant.True : Constant.False;

    private Condition[] Compile(IEnumerable<Query> queries) => [.. queries.Select(Compile)];

    private int SlotOf(string? field) => field is null ? paths.AddAny() : paths.Add(field);

    private IdCondition Ids(IEnumerable<string> ids)
    {
        NeedsIds = true;
        var (given, made) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<(long, long)>());
        foreach (var id in ids)
        {
            given.Add(id);
            if (DocumentId.TryParse(index.Tag, id, out var timeMs, out var seq)) made.Add((timeMs, seq));
        }
        return new IdCondition(given, made);
    }

    private Condition Terms(TermsQuery terms)
    {
        // A date is equal however it is written.
        if (terms.Field is { } field && index.Mapping.DateOf(field) is not null)
        {
            return new AllOf([], [.. terms.Values.Select(value =>
                Range(new RangeQuery(field, new RangeBound(value, true), new RangeBound(value, true), DateTimeOffset.UnixEpoch)))], [], 1);
        }
        var slot = SlotOf(terms.Field);
        if (terms.IgnoreCase) return new TextRule(slot, text => terms.Values.Any(value => value.Text.Equals(text, StringComparison.OrdinalIgnoreCase)));
        if (terms.Values.Length > 1)
        {
            return new EqualsOneOf(slot, terms.Values.Select(value => value.Text).ToHashSet(StringComparer.Ordinal),
                terms.Values.Select(value => value.Number).OfType<double>().ToHashSet());
        }
        if (terms.Values.IsEmpty) return Constant.False;
        return terms.Values[0].Number is null ? new EqualsText(slot, terms.Values[0].Text) : new EqualsNumber(slot, terms.Values[0]);
    }

    private Condition Words(WordsQuery query)
    {
        var exact = Terms(new TermsQuery(query.Field, [query.Text]));
        if (query.Field is { } field && (index.Mapping.DateOf(field) is not null || index.Mapping.TypeOf(field) == "keyword")) return exact;
        var phrases = TextRules.Phrases(query.Text.Text, query.Phrase);
        if (phrases.Count == 0) return exact;
        return new AllOf([], [exact, new TextRule(SlotOf(query.Field), text => TextRules.HasPhrases(text, phrases, query.AllWords))], [], 1);
    }

    private TextRule Prefix(PrefixQuery query)
    {
        var comparison = query.IgnoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return new TextRule(paths.Add(query.Field), text => text.StartsWith(query.Prefix, comparison));
    }

    private Condition Range(RangeQuery range)
    {
        if (range.Field == index.TimeField)
        {
            var bounds = Dates(range, index.Mapping.DateOf(range.Field) ?? DateFormat.Default) ?? TimeBounds.Everything;
            return new TimeCondition(bounds.FromMs, bounds.LastMs);
        }
        var (lower, upper) = (range.Lower, range.Upper);
        if (range.Field == Seq)
        {
            return new SeqCondition(
                lower is null ? double.NegativeInfinity : Number(Seq, lower.Value) + (lower.Inclusive ? 0 : 1),
                upper is null ? double.PositiveInfinity : Number(Seq, upper.Value) - (upper.Inclusive ? 0 : 1));
        }
        if (lower is null && upper is null) return new Exists(paths.Add(range.Field));
        var slot = paths.Add(range.Field);
        if (index.Mapping.DateOf(range.Field) is { } format)
        {
            var bounds = Dates(range, format)!.Value;
            return new DateRange(slot, format, bounds.FromMs, bounds.LastMs);
        }
        var isNumeric = (lower?.Value ?? upper!.Value).Number is not null && (upper?.Value ?? lower!.Value).Number is not null;
        // A field that no mapping names is a date when both the bounds and the value are dates; epoch milliseconds are numbers anyway.
        if ((!isNumeric || range.Format is not null) && TryDates(range, DateFormat.Default) is { } dates) return new DateRange(slot, DateFormat.Default, dates.FromMs, dates.LastMs);
        return isNumeric
            ? new NumberRange(slot, lower?.Value.Number ?? double.NegativeInfinity, lower?.Inclusive ?? true, upper?.Value.Number ?? double.PositiveInfinity, upper?.Inclusive ?? true)
            : new TextRange(slot, lower?.Value.Text, lower?.Inclusive ?? true, upper?.Value.Text, upper?.Inclusive ?? true);
    }

    private static TimeBounds? Dates(RangeQuery range, DateFormat format) => TryDates(range, format)
        ?? throw new QueryException($"[range.{range.Field}] is on a date, and one of its bounds is not one: write ISO 8601, epoch milliseconds or date math such as now-1h, or give a [format]");

    private static TimeBounds? TryDates(RangeQuery range, DateFormat format)
    {
        if (range.Format is { } own && DateFormat.TryCreate(own, out var given, out _)) format = given;
        var (from, last) = (long.MinValue, long.MaxValue);
        if (range.Lower is { } lower)
        {
            if (!DateBound.TryParse(lower.Value.Text, format, range.Now, roundUp: !lower.Inclusive, range.Zone, out from)) return null;
            if (!lower.Inclusive) from++;
        }
        if (range.Upper is { } upper)
        {
            if (!DateBound.TryParse(upper.Value.Text, format, range.Now, roundUp: upper.Inclusive, range.Zone, out last)) return null;
            if (!upper.Inclusive) last--;
        }
        return new TimeBounds(from, last);
    }

    private static double Number(string field, QueryValue value) =>
        value.Number ?? throw new QueryException($"[{field}] is a number, and [{QueryReader.Shorten(value.Text)}] is not one");
}
