using System.Text;
using MlActors.Documents.Queries;
using MlActors.Documents.Times;

namespace MlActors.Documents.Matching;

/// <summary>A document that is asked whether it matches.</summary>
/// <param name="givenId">The id that its sender gave, UTF-8; empty when the store made one.</param>
public readonly ref struct Candidate(ReadOnlySpan<byte> source, DocumentFields fields, long timeMs, long seq, ReadOnlySpan<byte> givenId)
{
    public readonly ReadOnlySpan<byte> Source = source;
    public readonly ReadOnlySpan<byte> GivenId = givenId;

    public DocumentFields Fields => fields;

    public long TimeMs => timeMs;

    public long Seq => seq;
}

/// <summary>A part of a query, ready for the documents of one index.</summary>
internal abstract class Condition
{
    public abstract bool Holds(in Candidate candidate);
}

internal sealed class Constant(bool value) : Condition
{
    public static Constant True { get; } = new(true);

    public static Constant False { get; } = new(false);

    public override bool Holds(in Candidate candidate) => value;
}

internal sealed class AllOf(Condition[] must, Condition[] should, Condition[] not, int leastShould) : Condition
{
    public override bool Holds(in Candidate candidate)
    {
        foreach (var condition in must)
            if (!condition.Holds(candidate)) return false;
        foreach (var condition in not)
            if (condition.Holds(candidate)) return false;
        if (leastShould == 0) return true;
        var held = 0;
        foreach (var condition in should)
            if (condition.Holds(candidate) && ++held >= leastShould) return true;
        return false;
    }
}

/// <summary>The document's own time lies in a range, both ends inclusive.</summary>
internal sealed class TimeCondition(long from, long to) : Condition
{
    public override bool Holds(in Candidate candidate) => candidate.TimeMs >= from && candidate.TimeMs <= to;
}

/// <summary>The sequence number lies in a range, both ends inclusive.</summary>
internal sealed class SeqCondition(double from, double to) : Condition
{
    public override bool Holds(in Candidate candidate) => candidate.Seq >= from && candidate.Seq <= to;
}

internal sealed class IdCondition(HashSet<string> given, HashSet<(long TimeMs, long Seq)> made) : Condition
{
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _given = given.GetAlternateLookup<ReadOnlySpan<char>>();

    public override bool Holds(in Candidate candidate)
    {
        if (candidate.GivenId.IsEmpty) return made.Contains((candidate.TimeMs, candidate.Seq));
        Span<char> id = stackalloc char[Store.DocumentId.MaxBytes];
        return _given.Contains(id[..Encoding.UTF8.GetChars(candidate.GivenId, id)]);
    }
}

/// <summary>A condition on the values of one field: one that holds is enough.</summary>
internal abstract class ValueCondition(int slot) : Condition
{
    public sealed override bool Holds(in Candidate candidate)
    {
        foreach (var value in candidate.Fields.ValuesOf(slot))
            if (Holds(value, candidate)) return true;
        return false;
    }

    protected abstract bool Holds(in FieldValue value, in Candidate candidate);
}

internal sealed class Exists(int slot) : ValueCondition(slot)
{
    protected override bool Holds(in FieldValue value, in Candidate candidate) => true;
}

/// <summary>Equals a number that is written differently, or a text.</summary>
internal sealed class EqualsNumber(int slot, QueryValue wanted) : ValueCondition(slot)
{
    private readonly byte[] _text = Encoding.UTF8.GetBytes(wanted.Text);
    private readonly double _number = wanted.Number!.Value;

    protected override bool Holds(in FieldValue value, in Candidate candidate) =>
        value.Kind == FieldKind.Number
            ? candidate.Fields.TryGetNumber(value, candidate.Source, out var number) && number.Equals(_number)
            : candidate.Fields.BytesOf(value, candidate.Source).SequenceEqual(_text);
}

internal sealed class EqualsText(int slot, string wanted) : ValueCondition(slot)
{
    private readonly byte[] _text = Encoding.UTF8.GetBytes(wanted);

    protected override bool Holds(in FieldValue value, in Candidate candidate) =>
        value.Kind != FieldKind.Object && candidate.Fields.BytesOf(value, candidate.Source).SequenceEqual(_text);
}

internal sealed class EqualsOneOf(int slot, HashSet<string> texts, HashSet<double> numbers) : ValueCondition(slot)
{
    protected override bool Holds(in FieldValue value, in Candidate candidate) => value.Kind switch
    {
        FieldKind.Object => false,
        FieldKind.Number => candidate.Fields.TryGetNumber(value, candidate.Source, out var number) && numbers.Contains(number),
        _ => texts.Contains(candidate.Fields.TextOf(value, candidate.Source)),
    };
}

/// <summary>Any rule on the text of a value.</summary>
internal sealed class TextRule(int slot, Func<string, bool> rule) : ValueCondition(slot)
{
    protected override bool Holds(in FieldValue value, in Candidate candidate) =>
        value.Kind != FieldKind.Object && rule(candidate.Fields.TextOf(value, candidate.Source));
}

internal sealed class NumberRange(int slot, double from, bool fromInclusive, double to, bool toInclusive) : ValueCondition(slot)
{
    protected override bool Holds(in FieldValue value, in Candidate candidate) =>
        candidate.Fields.TryGetNumber(value, candidate.Source, out var number)
        && (fromInclusive ? number >= from : number > from) && (toInclusive ? number <= to : number < to);
}

/// <summary>A range of points in time, both ends inclusive.</summary>
internal sealed class DateRange(int slot, DateFormat format, long from, long to) : ValueCondition(slot)
{
    protected override bool Holds(in FieldValue value, in Candidate candidate) =>
        value.Kind is FieldKind.Text or FieldKind.Number
        && format.TryParse(candidate.Fields.BytesOf(value, candidate.Source), value.Kind == FieldKind.Number, out var ms) && ms >= from && ms <= to;
}

internal sealed class TextRange(int slot, string? from, bool fromInclusive, string? to, bool toInclusive) : ValueCondition(slot)
{
    private readonly byte[]? _from = from is null ? null : Encoding.UTF8.GetBytes(from);
    private readonly byte[]? _to = to is null ? null : Encoding.UTF8.GetBytes(to);

    protected override bool Holds(in FieldValue value, in Candidate candidate)
    {
        if (value.Kind == FieldKind.Object) return false;
        var bytes = candidate.Fields.BytesOf(value, candidate.Source);
        if (_from is not null && bytes.SequenceCompareTo(_from) is var low && (fromInclusive ? low < 0 : low <= 0)) return false;
        return _to is null || (bytes.SequenceCompareTo(_to) is var high && (toInclusive ? high <= 0 : high < 0));
    }
}
