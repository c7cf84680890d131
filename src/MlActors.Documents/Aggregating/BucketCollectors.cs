using System.Collections.Immutable;
using System.Text.Json;

namespace MlActors.Documents.Aggregating;

/// <summary>A bucket for each key of one source, all of them held.</summary>
internal abstract class KeyedCollector(BucketSource source, ImmutableArray<Aggregation> inner, AggregationRun run) : Collector
{
    private readonly int _slot = run.Paths.Add(source.Field);
    private readonly List<BucketKey> _keys = [];

    protected Dictionary<BucketKey, Scope> Buckets { get; } = [];

    public override void Add(in AggregatedDocument document)
    {
        BucketKeys.Read(document, source, _slot, _keys);
        foreach (var key in _keys) (Buckets.TryGetValue(key, out var bucket) ? bucket : New(key)).Add(document);
    }

    protected Scope New(BucketKey key)
    {
        run.CountBucket();
        return Buckets[key] = new Scope(inner, run);
    }
}

/// <summary>Buckets of time, in their order, the empty ones between included when they are asked for.</summary>
internal sealed class HistogramCollector(HistogramAggregation histogram, AggregationRun run) : KeyedCollector(histogram.Source, histogram.Inner, run)
{
    public override AggregationResult Finish()
    {
        var keys = Buckets.Keys.OrderBy(key => key.Number).ToList();
        if (histogram.LeastCount == 0) keys = Filled(keys);
        else keys.RemoveAll(key => Buckets[key].Count < histogram.LeastCount);
        if (histogram.Descending) keys.Reverse();
        return new AggregationResult(histogram.Name, "date_histogram", (json, typed) =>
        {
            json.WriteStartArray("buckets");
            foreach (var key in keys) Write(json, key, typed);
            json.WriteEndArray();
        });
    }

    private List<BucketKey> Filled(List<BucketKey> keys)
    {
        var filled = new List<BucketKey>();
        foreach (var key in keys)
        {
            if (filled.Count > 0)
            {
                for (var time = filled[^1].Number + histogram.Source.Interval!.Value.Ms; time < key.Number; time += histogram.Source.Interval.Value.Ms)
                {
                    var empty = BucketKey.OfTime((long)time);
                    New(empty);
                    filled.Add(empty);
                }
            }
            filled.Add(key);
        }
        return filled;
    }

    private void Write(Utf8JsonWriter json, BucketKey key, bool typed)
    {
        json.WriteStartObject();
        if (histogram.AsIsoText) json.WriteString("key_as_string", key.Readable);
        json.WritePropertyName("key");
        key.Write(json);
        json.WriteNumber("doc_count", Buckets[key].Count);
        AggregationResult.Write(json, Buckets[key].Finish(), typed);
        json.WriteEndObject();
    }
}

/// <summary>A bucket for each value; the most frequent ones are shown, or the first of another order.</summary>
internal sealed class TermsCollector(TermsAggregation terms, AggregationRun run) : KeyedCollector(terms.Source, terms.Inner, run)
{
    public override AggregationResult Finish()
    {
        var enough = Buckets.Where(pair => pair.Value.Count >= terms.LeastCount).ToList();
        enough.Sort(Compare);
        var shown = enough.Take(terms.Size).ToList();
        var others = Buckets.Values.Sum(bucket => bucket.Count) - shown.Sum(pair => pair.Value.Count);
        var type = shown.Count == 0 ? "umterms" : shown[0].Key.Kind switch
        {
            BucketKeyKind.Text => "sterms",
            BucketKeyKind.Number when shown.Exists(pair => pair.Key.Number != Math.Floor(pair.Key.Number)) => "dterms",
            _ => "lterms",
        };
        return new AggregationResult(terms.Name, type, (json, typed) =>
        {
            json.WriteNumber("doc_count_error_upper_bound", 0);
            json.WriteNumber("sum_other_doc_count", others);
            json.WriteStartArray("buckets");
            foreach (var (key, bucket) in shown)
            {
                json.WriteStartObject();
                json.WritePropertyName("key");
                key.Write(json);
                if (key.Readable is { } text) json.WriteString("key_as_string", text);
                json.WriteNumber("doc_count", bucket.Count);
                AggregationResult.Write(json, bucket.Finish(), typed);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        });
    }

    private int Compare(KeyValuePair<BucketKey, Scope> a, KeyValuePair<BucketKey, Scope> b)
    {
        var byKey = BucketKey.Compare(a.Key, b.Key);
        var order = terms.OrderBy switch
        {
            "_key" => byKey,
            "_count" => a.Value.Count.CompareTo(b.Value.Count),
            // Buckets without a value come last.
            var metric => Number(a.Value.ValueOf(metric)).CompareTo(Number(b.Value.ValueOf(metric))),
        };
        return order == 0 ? byKey : terms.Descending ? -order : order;

        double Number(double? value) => value ?? (terms.Descending ? double.NegativeInfinity : double.PositiveInfinity);
    }
}

/// <summary>Buckets of combinations of keys, in their order, from behind a key on; never more than a page of them is held.</summary>
internal sealed class CompositeCollector : Collector
{
    private readonly CompositeAggregation _composite;
    private readonly AggregationRun _run;
    private readonly int[] _slots;
    private readonly List<BucketKey>[] _keys;
    private readonly SortedSet<BucketKey[]> _order;
    private readonly Dictionary<BucketKey[], Scope> _buckets;
    private readonly BucketKey[] _combination;
    private readonly BucketKey[]? _after;

    public CompositeCollector(CompositeAggregation composite, AggregationRun run)
    {
        (_composite, _run) = (composite, run);
        _slots = [.. composite.Sources.Select(source => run.Paths.Add(source.Field))];
        _keys = [.. composite.Sources.Select(_ => new List<BucketKey>())];
        _combination = new BucketKey[_slots.Length];
        _after = composite.After?.ToArray();
        _order = new(Comparer<BucketKey[]>.Create(Compare));
        _buckets = new(new SameKeys());
    }

    public override void Add(in AggregatedDocument document)
    {
        for (var i = 0; i < _slots.Length; i++)
        {
            BucketKeys.Read(document, _composite.Sources[i], _slots[i], _keys[i]);
            if (_keys[i].Count > 0) continue;
            if (!_composite.Sources[i].MissingBucket) return;
            _keys[i].Add(BucketKey.Missing);
        }
        Combine(document, 0);
    }

    public override AggregationResult Finish() => new(_composite.Name, "composite", (json, typed) =>
    {
        if (_buckets.Count > 0)
        {
            json.WritePropertyName("after_key");
            WriteKey(json, _order.Max!);
        }
        json.WriteStartArray("buckets");
        foreach (var key in _order)
        {
            var bucket = _buckets[key];
            json.WriteStartObject();
            json.WritePropertyName("key");
            WriteKey(json, key);
            json.WriteNumber("doc_count", bucket.Count);
            AggregationResult.Write(json, bucket.Finish(), typed);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    private void Combine(in AggregatedDocument document, int source)
    {
        if (source == _slots.Length)
        {
            Put(document);
            return;
        }
        foreach (var key in _keys[source])
        {
            _combination[source] = key;
            Combine(document, source + 1);
        }
    }

    private void Put(in AggregatedDocument document)
    {
        if (_after is not null && Compare(_combination, _after) <= 0) return;
        if (!_buckets.TryGetValue(_combination, out var bucket))
        {
            if (_buckets.Count == _composite.Size)
            {
                var last = _order.Max!;
                if (Compare(_combination, last) > 0) return;
                _buckets.Remove(last);
                _order.Remove(last);
                _run.DropBucket();
            }
            _run.CountBucket();
            BucketKey[] key = [.. _combination];
            _order.Add(key);
            _buckets.Add(key, bucket = new Scope(_composite.Inner, _run));
        }
        bucket.Add(document);
    }

    private int Compare(BucketKey[] a, BucketKey[] b)
    {
        for (var i = 0; i < a.Length; i++)
        {
            var order = BucketKey.Compare(a[i], b[i]);
            if (order != 0) return _composite.Sources[i].Descending ? -order : order;
        }
        return 0;
    }

    private void WriteKey(Utf8JsonWriter json, BucketKey[] key)
    {
        json.WriteStartObject();
        for (var i = 0; i < key.Length; i++)
        {
            json.WritePropertyName(_composite.Sources[i].Name);
            key[i].Write(json);
        }
        json.WriteEndObject();
    }

    private sealed class SameKeys : IEqualityComparer<BucketKey[]>
    {
        public bool Equals(BucketKey[]? x, BucketKey[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(BucketKey[] keys)
        {
            var hash = default(HashCode);
            foreach (var key in keys) hash.Add(key);
            return hash.ToHashCode();
        }
    }
}
