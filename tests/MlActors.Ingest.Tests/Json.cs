using System.Globalization;
using System.Text.Json;
using CsCheck;

namespace MlActors.Ingest.Tests;

/// <summary>Random JSON for properties: fields that are looked for among fields that are not, plain and odd values, nested and repeated.</summary>
internal static class Json
{
    private static readonly Gen<string> Space = Gen.Frequency(
        (12, Gen.Const("")),
        (2, Gen.Const(" ")),
        (1, Gen.OneOf("\n", "\t ", "\r\n", "  \n  ")));

    private static readonly Gen<string> Key = Gen.Frequency(
        (8, Gen.OneOf("time", "value", "host", "value", "host")),
        (4, Gen.OneOf("a", "b", "c", "a.b", "b.c", "a.b.c", "", ".", "x", "message")),
        (1, Gen.OneOf(@"\u0074ime", @"h\u006fst", @"a\u002eb", "välue", @"q\""uote")),
        (1, Gen.String[Gen.Char['!', '~'], 0, 40].Select(Escape)));

    public static Gen<string> Number { get; } = Gen.OneOf(
        Gen.Int.Select(n => Show(n)),
        Gen.Long.Select(n => Show(n)),
        Gen.Double.Where(double.IsFinite).Select(n => Show(n)),
        Gen.Select(Gen.Int[0, 999_999], Gen.Int[0, 99_999], (whole, part) => $"{whole}.{part:00000}"),
        Gen.Select(Gen.Long, Gen.Int[-330, 330], (mantissa, exponent) => Show(mantissa) + "e" + Show(exponent)),
        Gen.OneOf("0", "-0", "0.0", "-0.0e0", "1e400", "-1E+400", "1e-400", "5e-324", "1.7976931348623157e308",
            "9007199254740993", "9007199254740992", "0.1", "1E5", "123456789012345678901234567890",
            "0.000000000000000000000000000001", "1e22", "1e23", "18446744073709551616", "1.0000000000000000000000001"));

    private static readonly Gen<string> Text = Gen.Frequency(
        (4, Gen.OneOf("web-1", "web-2", "web-3", "")),
        (2, Number),
        (1, Gen.OneOf(" 12 ", "+5", ".5", "5.", "Infinity", "NaN", "1,000", "0x10", "1 2", "-")),
        (1, Gen.OneOf(@"\n", @"\u0041", "ü", "😀", @"\ud83d\ude00",
            @"a\""b", @"\\", @"\\\""", @"\/", @"tab\there", "},{", "[1]", "zwölf Boxkämpfer 字字字字字字字字")),
        (1, Gen.String[Gen.Char[' ', '~'], 0, 60].Select(Escape)));

    private static readonly Gen<string> Scalar = Gen.Frequency(
        (5, Number),
        (5, Text.Select(text => $"\"{text}\"")),
        (1, Gen.OneOf("true", "false", "null")));

    public static Gen<string> Value { get; } = Gen.Recursive<string>((depth, inner) => depth >= 4 ? Scalar : Gen.Frequency(
        (10, Scalar),
        (1, Gen.Select(Space, Scalar.Array[0, 4], Space, (before, items, after) => $"[{before}{string.Join($"{after},{before}", items)}{after}]")),
        (1, inner.Array[0, 3].Select(items => $"[{string.Join(',', items)}]")),
        (3, Fields(inner))));

    private static Gen<string> Fields(Gen<string> value) =>
        Gen.Select(Space, Key, Space, value, (a, key, b, v) => $"{a}\"{key}\"{b}:{a}{v}{b}").Array[0, 6].Select(fields => $"{{{string.Join(',', fields)}}}");

    /// <summary>Objects, most of them with a time.</summary>
    public static Gen<string> Records { get; } = Gen.Frequency(
        (1, Fields(Value)),
        (4, Gen.Select(Gen.Int[-5, 2_000_000_000], Fields(Value), (time, fields) => fields == "{}" ? "{}" : $"{{\"time\":{Show(time)},{fields[1..]}")),
        (3, Gen.Select(Gen.Int[0, 2_000_000_000], Number, Text, (time, number, text) => $"{{\"time\":{Show(time)},\"value\":{number},\"host\":\"{text}\"}}")));

    private static string Show(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private static string Escape(string text) => JsonEncodedText.Encode(text).ToString();
}
