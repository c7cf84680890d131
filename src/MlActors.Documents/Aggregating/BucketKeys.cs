using MlActors.Documents.Matching;

namespace MlActors.Documents.Aggregating;

/// <summary>The keys that a document has for a source of buckets.</summary>
internal static class BucketKeys
{
    /// <summary>Puts the different keys into a list.</summary>
    public static void Read(in AggregatedDocument document, BucketSource source, int slot, List<BucketKey> keys)
    {
        keys.Clear();
        if (source.Field == document.Index.TimeField)
        {
            keys.Add(BucketKey.OfTime(source.Interval?.StartOf(document.TimeMs) ?? document.TimeMs));
            return;
        }
        foreach (var value in document.Fields.ValuesOf(slot))
        {
            if (source.Interval is { } interval)
            {
                var format = document.Index.Mapping.DateOf(source.Field) ?? Times.DateFormat.Default;
                if (value.Kind is FieldKind.Text or FieldKind.Number
                    && format.TryParse(document.Fields.BytesOf(value, document.Source), value.Kind == FieldKind.Number, out var ms))
                {
                    Put(BucketKey.OfTime(interval.StartOf(ms)));
                }
            }
            else if (TryRead(document, source.Field, value, out var key))
            {
                Put(key);
            }
        }

        void Put(BucketKey key)
        {
            if (!keys.Contains(key)) keys.Add(key);
        }
    }

    public static bool TryRead(in AggregatedDocument document, string field, in FieldValue value, out BucketKey key)
    {
        key = default;
        if (value.Kind == FieldKind.Object) return false;
        var bytes = document.Fields.BytesOf(value, document.Source);
        if (value.Kind == FieldKind.Boolean) key = BucketKey.Of(bytes.SequenceEqual("true"u8));
        else if (document.Index.Mapping.DateOf(field) is { } format && format.TryParse(bytes, value.Kind == FieldKind.Number, out var ms)) key = BucketKey.OfTime(ms);
        else if (value.Kind == FieldKind.Number && document.Index.Mapping.TypeOf(field) != "keyword" && document.Fields.TryGetNumber(value, document.Source, out var number))
            key = BucketKey.Of(number);
        else key = BucketKey.Of(document.Fields.TextOf(value, document.Source));
        return true;
    }
}
