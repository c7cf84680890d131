using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlActors.Jobs.Results;

/// <summary>What initial scores are worth in perspective: a scale that never falls, straight between whole scores.</summary>
public sealed class ScoreScale
{
    // The renormalized score of a result, and the initial one that it is made of.
    private static readonly (string Score, string Initial)[] Fields =
    [
        ("anomaly_score", "initial_anomaly_score"), ("record_score", "initial_record_score"), ("influencer_score", "initial_influencer_score"),
    ];

    private readonly double[] _scale;

    /// <param name="scale">For initial scores of 0, 1 … 100; empty when scores are worth what they were.</param>
    public ScoreScale(ReadOnlySpan<double> scale) => _scale = [.. scale];

    public static ScoreScale Identity { get; } = new([]);

    private bool IsIdentity => _scale.Length < 2;

    /// <summary>What an initial score is worth.</summary>
    public double Of(double initial)
    {
        if (IsIdentity) return initial;
        var place = Math.Clamp(initial, 0, _scale.Length - 1);
        var below = Math.Min((int)place, _scale.Length - 2);
        return _scale[below] + ((place - below) * (_scale[below + 1] - _scale[below]));
    }

    /// <summary>The least initial score that is worth at least this much; infinite when none is.</summary>
    public double InitialFor(double score)
    {
        if (IsIdentity || score <= 0) return score;
        for (var i = 1; i < _scale.Length; i++)
        {
            if (_scale[i] < score) continue;
            var (low, high) = (_scale[i - 1], _scale[i]);
            return high > low ? i - 1 + Math.Max(0, (score - low) / (high - low)) : i;
        }
        return double.PositiveInfinity;
    }

    /// <summary>A stored result, which has initial scores only in all its fields, with the scores that they are worth now.</summary>
    public ReadOnlyMemory<byte> Apply(ReadOnlyMemory<byte> document)
    {
        if (IsIdentity) return document;
        var root = JsonNode.Parse(document.Span)!.AsObject();
        Apply(root);
        if (root["bucket_influencers"] is JsonArray inner)
            foreach (var influencer in inner) Apply(influencer!.AsObject());
        return Encoding.UTF8.GetBytes(root.ToJsonString(JsonSerializerOptions.Default));
    }

    private void Apply(JsonObject result)
    {
        foreach (var (score, initial) in Fields)
            if (result.ContainsKey(score) && result[initial] is JsonValue value)
                result[score] = Of(value.GetValue<double>());
    }
}
