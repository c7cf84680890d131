using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using MlActors.Analysis.Input;

namespace MlActors.Jobs.Tests.Wire;

/// <summary>
/// Makes messages of any type with values everywhere, and shows what is in one. Whatever is added to a message is thereby tested without a word here.
/// </summary>
/// <param name="seed">The same seed, the same values.</param>
internal sealed class AnyMessage(int seed)
{
    private static readonly NullabilityInfoContext Nullability = new();
    private readonly Random _random = new(seed);

    /// <param name="sparse">Leaves out all that may be left out.</param>
    public object Make(Type type, bool sparse = false) => type switch
    {
        _ when type == typeof(string) => $"text-{_random.Next(1000)} \"ü\u0001\u4e2d",
        _ when type == typeof(bool) => true,
        _ when type == typeof(int) => _random.Next(1, int.MaxValue),
        _ when type == typeof(long) => _random.NextInt64(1, long.MaxValue),
        _ when type == typeof(double) => _random.NextDouble() * 1e9,
        _ when type == typeof(DateTimeOffset) => DateTimeOffset.UnixEpoch.AddMilliseconds(_random.NextInt64(1L << 42)),
        _ when type == typeof(byte[]) => Encoding.UTF8.GetBytes($"bytes {_random.Next()}"),
        _ when type == typeof(JsonElement) => JsonElement.Parse($$$"""{"a":[{{{_random.Next()}}},null,"ü"],"b":{}}"""),
        _ when type == typeof(RecordBatch) => Batch(),
        // Its kind follows from its type.
        _ when type == typeof(ResetBucketsInput) => new ResetBucketsInput(_random.Next(1000), _random.Next(1000, 2000)),
        { IsEnum: true } => Enum.GetValues(type).GetValue(Enum.GetValues(type).Length - 1)!,
        { IsGenericType: true } when Nullable.GetUnderlyingType(type) is { } value => Make(value, sparse),
        { IsGenericType: true } when type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) => List(type.GetGenericArguments()[0], sparse),
        { IsGenericType: true } when type.GetGenericTypeDefinition() == typeof(ImmutableArray<>) => typeof(ImmutableArray).GetMethods()
            .Single(method => method.Name == nameof(ImmutableArray.Create) && method.GetParameters() is [{ ParameterType.IsArray: true }])
            .MakeGenericMethod(type.GetGenericArguments()).Invoke(null, [List(type.GetGenericArguments()[0], sparse)])!,
        { IsGenericType: true } when type.IsAssignableTo(typeof(ITuple)) =>
            Activator.CreateInstance(type, [.. type.GetGenericArguments().Select(part => Make(part, sparse))])!,
        _ => Object(type, sparse),
    };

    /// <summary>All that is in an object, a line for each value.</summary>
    public static IEnumerable<string> Show(object? value, string path = "")
    {
        switch (value)
        {
            case null:
                return [$"{path} = null"];
            case JsonElement json:
                return [$"{path} = {JsonSerializer.Serialize(json)}"];
            case string or bool or Enum:
                return [$"{path} = {value}"];
            case IFormattable number when value.GetType().IsPrimitive || value is DateTimeOffset:
                return [$"{path} = {number.ToString(null, CultureInfo.InvariantCulture)}"];
            case byte[] bytes:
                return [$"{path} = {Convert.ToHexString(bytes)}"];
            case ITuple tuple:
                return Enumerable.Range(0, tuple.Length).SelectMany(i => Show(tuple[i], $"{path}.{i}"));
            case IEnumerable list:
                return list.Cast<object?>().SelectMany((item, i) => Show(item, $"{path}[{i}]"));
            default:
                return value.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(property => property.CanWrite)
                    .OrderBy(property => property.Name, StringComparer.Ordinal).SelectMany(property => Show(property.GetValue(value), $"{path}.{property.Name}"));
        }
    }

    private object Object(Type type, bool sparse)
    {
        var constructor = type.GetConstructors().Where(c => c.GetParameters() is not [var only] || only.ParameterType != type).MaxBy(c => c.GetParameters().Length);
        // A value of a type without constructors is set by its properties alone.
        var made = constructor is null
            ? Activator.CreateInstance(type)!
            : constructor.Invoke([.. constructor.GetParameters().Select(parameter => IsOptional(parameter) && sparse ? null : Make(parameter.ParameterType, sparse))]);
        var given = constructor?.GetParameters().Select(parameter => parameter.Name!).ToHashSet(StringComparer.Ordinal) ?? [];
        foreach (var property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(property => property.SetMethod is { IsPublic: true } && !given.Contains(property.Name)))
        {
            // A message about a configuration has its job from there.
            if (property.Name is "JobId" or "DatafeedId" && given.Contains("Config")) continue;
            if (!sparse || property.IsDefined(typeof(RequiredMemberAttribute))) property.SetValue(made, Make(property.PropertyType, sparse));
        }
        return made;
    }

    private static bool IsOptional(ParameterInfo parameter) =>
        Nullable.GetUnderlyingType(parameter.ParameterType) is not null
        || (!parameter.ParameterType.IsValueType && Nullability.Create(parameter).WriteState == NullabilityState.Nullable);

    private Array List(Type item, bool sparse)
    {
        var values = Array.CreateInstance(item, 2);
        for (var i = 0; i < values.Length; i++) values.SetValue(Make(item, sparse), i);
        return values;
    }

    private RecordBatch Batch()
    {
        var schema = new BatchSchema([new BatchField("value.of", FieldKind.Number), new BatchField("host", FieldKind.Text) { MaxLength = 500 }, new BatchField("at", FieldKind.Point)]);
        return new RecordBatch(schema, 3, [1_700_000_000, 1_700_000_001, 1_699_999_999],
            [
                Column.OfNumbers([_random.NextDouble(), double.NaN, -0.0]),
                Column.OfText([0, -1, 1], ["ü", ""]),
                Column.OfText([0, -1, 0], ["1.5,2.5"]),
            ],
            new InputCounts { InputBytes = _random.Next(), InputFields = 4, InvalidDates = 2, MissingFields = 1 });
    }
}
