using MlActors.Analysis.Binary;
using MlActors.Analysis.Rules;

namespace MlActors.Analysis.Contexts;

/// <summary>
/// The binary form of a context, in the input log and in saved states: filters (id, items), rules (detector, flags, scopes by the position of their
/// filter, conditions), events (description, start, length, flags), rules of texts (expressions, flag). Numbers without a size are variable-length.
/// </summary>
internal static class ContextCodec
{
    private const byte SkipResult = 1;
    private const byte SkipModelUpdate = 2;

    public static void Write(ByteWriter writer, AnalysisContext context)
    {
        writer.VarUInt((ulong)context.Filters.Length);
        foreach (var filter in context.Filters)
        {
            writer.String(filter.FilterId);
            writer.VarUInt((ulong)filter.Items.Length);
            foreach (var item in filter.Items) writer.String(item);
        }
        writer.VarUInt((ulong)context.Rules.Length);
        foreach (var rule in context.Rules) Write(writer, rule, context);
        writer.VarUInt((ulong)context.Events.Length);
        foreach (var scheduled in context.Events)
        {
            writer.String(scheduled.Description);
            writer.VarInt(scheduled.Start);
            writer.VarInt(unchecked(scheduled.End - scheduled.Start));
            writer.Byte(Flags(scheduled.SkipResult, scheduled.SkipModelUpdate));
        }
        writer.VarUInt((ulong)context.Texts.Filters.Length);
        foreach (var filter in context.Texts.Filters) writer.String(filter);
        writer.Bool(context.Texts.StopOnWarn);
    }

    /// <exception cref="InvalidDataException">The bytes are no context.</exception>
    public static AnalysisContext Read(ref ByteReader reader)
    {
        var filters = new FilterItems[reader.Count(2)];
        for (var i = 0; i < filters.Length; i++)
        {
            var id = reader.String();
            var items = new string[reader.Count(1)];
            for (var item = 0; item < items.Length; item++) items[item] = reader.String();
            filters[i] = new FilterItems(id, [.. items]);
        }
        var rules = new DetectionRule[reader.Count(4)];
        for (var i = 0; i < rules.Length; i++) rules[i] = ReadRule(ref reader, filters);
        var events = new ScheduledEvent[reader.Count(4)];
        for (var i = 0; i < events.Length; i++)
        {
            var (description, start) = (reader.String(), reader.VarInt());
            var end = unchecked(start + reader.VarInt());
            var (skipResult, skipModelUpdate) = ReadFlags(ref reader);
            events[i] = new ScheduledEvent(description, start, end, skipResult, skipModelUpdate);
        }
        var expressions = new string[reader.Count(1)];
        for (var i = 0; i < expressions.Length; i++) expressions[i] = reader.String();
        var stopOnWarn = reader.Bool();
        try
        {
            return new AnalysisContext(rules, filters, events, new TextRules([.. expressions], stopOnWarn));
        }
        catch (ArgumentException wrong)
        {
            throw new InvalidDataException($"the context is damaged: {wrong.Message}", wrong);
        }
    }

    private static void Write(ByteWriter writer, DetectionRule rule, AnalysisContext context)
    {
        writer.VarUInt((ulong)rule.Detector);
        writer.Byte(Flags(rule.SkipResult, rule.SkipModelUpdate));
        writer.VarUInt((ulong)rule.Scope.Length);
        foreach (var scope in rule.Scope)
        {
            writer.Byte((byte)scope.Field);
            writer.VarUInt((ulong)context.IndexOf(scope.FilterId));
            writer.Bool(scope.Include);
        }
        writer.VarUInt((ulong)rule.Conditions.Length);
        foreach (var condition in rule.Conditions)
        {
            writer.Byte((byte)condition.AppliesTo);
            writer.Byte((byte)condition.Operator);
            writer.Double(condition.Value);
        }
    }

    private static DetectionRule ReadRule(ref ByteReader reader, FilterItems[] filters)
    {
        var detector = reader.VarUInt();
        if (detector > int.MaxValue) throw new InvalidDataException("a rule is for no detector");
        var (skipResult, skipModelUpdate) = ReadFlags(ref reader);
        var scope = new RuleScope[reader.Count(3)];
        for (var i = 0; i < scope.Length; i++)
        {
            var (field, filter) = ((SplitField)reader.Byte(), reader.VarUInt());
            if (field > SplitField.Partition || filter >= (ulong)filters.Length) throw new InvalidDataException("the scope of a rule refers to nothing");
            scope[i] = new RuleScope(field, filters[filter].FilterId, reader.Bool());
        }
        var conditions = new RuleCondition[reader.Count(10)];
        for (var i = 0; i < conditions.Length; i++)
        {
            var (appliesTo, comparison) = ((AppliesTo)reader.Byte(), (ConditionOperator)reader.Byte());
            if (appliesTo > AppliesTo.Time || comparison > ConditionOperator.Lte) throw new InvalidDataException("the condition of a rule is of no known kind");
            conditions[i] = new RuleCondition(appliesTo, comparison, reader.Double());
        }
        return new DetectionRule((int)detector, skipResult, skipModelUpdate) { Scope = [.. scope], Conditions = [.. conditions] };
    }

    private static byte Flags(bool skipResult, bool skipModelUpdate) => (byte)((skipResult ? SkipResult : 0) | (skipModelUpdate ? SkipModelUpdate : 0));

    private static (bool SkipResult, bool SkipModelUpdate) ReadFlags(ref ByteReader reader)
    {
        var flags = reader.Byte();
        if (flags > (SkipResult | SkipModelUpdate)) throw new InvalidDataException($"{flags} are no known flags");
        return ((flags & SkipResult) != 0, (flags & SkipModelUpdate) != 0);
    }
}
