using System.Text.Json;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Documents.Aggregating;

/// <summary>What makes a bucket: a text, a number, a boolean, a time, or nothing.</summary>
public readonly record struct BucketKey(BucketKeyKind Kind, double Number, string? Text)
{
    public static BucketKey Missing => default;

    public static BucketKey Of(string text) => new(BucketKeyKind.Text, 0, text);

    public static BucketKey Of(double number) => new(BucketKeyKind.Number, number, null);

    public static BucketKey Of(bool value) => new(BucketKeyKind.Boolean, value ? 1 : 0, null);

    public static BucketKey OfTime(long ms) => new(BucketKeyKind.Time, ms, null);

    /// <summary>Nothing first, then numbers of all kinds, then texts in the order of their characters.</summary>
    public static int Compare(BucketKey a, BucketKey b)
    {
        var (x, y) = (Rank(a), Rank(b));
        return x != y ? x.CompareTo(y) : x == 1 ? a.Number.CompareTo(b.Number) : string.CompareOrdinal(a.Text, b.Text);
    }

    public void Write(Utf8JsonWriter json)
    {
        switch (Kind)
        {
            case BucketKeyKind.Missing: json.WriteNullValue(); break;
            case BucketKeyKind.Text: json.WriteStringValue(Text); break;
            case BucketKeyKind.Number when Number == Math.Floor(Number) && Math.Abs(Number) < 1e15: json.WriteNumberValue((long)Number); break;
            case BucketKeyKind.Number: json.WriteNumberValue(Number); break;
            default: json.WriteNumberValue((long)Number); break;
        }
    }

    /// <summary>The readable form of a key that is written as a number; <c>null</c>: it needs none.</summary>
    public string? Readable => Kind switch
    {
        BucketKeyKind.Boolean => Number == 0 ? "false" : "true",
        BucketKeyKind.Time => TimeText.Iso((long)Number),
        _ => null,
    };

    private static int Rank(BucketKey key) => key.Kind switch { BucketKeyKind.Missing => 0, BucketKeyKind.Text => 2, _ => 1 };
}

public enum BucketKeyKind : byte { Missing, Text, Number, Boolean, Time }
