using MlActors.Analysis.Binary;
using MlActors.Analysis.Buckets;
using MlActors.Analysis.Contexts;
using MlActors.Analysis.Judging;
using MlActors.Analysis.Series;
using MlActors.Analysis.State;
using MlActors.Analysis.Time;

namespace MlActors.Analysis;

public sealed partial class JobAnalysis
{
    /// <summary>The state in the versioned, checksummed format of <see cref="StateFrame"/>; equal states give equal bytes.</summary>
    public byte[] SaveState() => StateFrame.Write(WriteBody);

    /// <summary>Takes up a saved state. Limits and windows may be other than they were; everything else may not.</summary>
    /// <exception cref="ModelStateException">The state is damaged, of an unknown version, or of other settings; the message says which.</exception>
    public static JobAnalysis Restore(AnalysisSettings settings, ReadOnlySpan<byte> state)
    {
        var analysis = new JobAnalysis(settings);
        var reader = new ByteReader(StateFrame.Open(state));
        try
        {
            analysis.ReadBody(ref reader);
            reader.End();
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException)
        {
            throw new ModelStateException($"the model state is damaged: {e.Message}", e);
        }
        return analysis;
    }

    /// <summary>Looks whether a saved state is whole and of a known version, without taking it up.</summary>
    /// <exception cref="ModelStateException">It is not; the message says why.</exception>
    public static void CheckState(ReadOnlySpan<byte> state) => StateFrame.Open(state);

    private void WriteBody(ByteWriter writer, StringTable strings)
    {
        SettingsPrint.Of(_settings).Write(writer);
        writer.OptionalInt(LatestRecordTime);
        writer.OptionalInt(_clock.MovedTo);
        writer.OptionalInt(_next);
        writer.OptionalInt(LatestResultTime);
        writer.VarInt(_emptyBuckets.Credit);
        writer.VarInt(_bucketsRefused);
        writer.VarInt(_bytesExceeded);
        writer.VarInt(_peakBytes);
        writer.Bool(_turnsAway);
        ContextCodec.Write(writer, _context);
        foreach (var judge in _judges) WriteSeries(writer, strings, judge);
        writer.VarUInt((ulong)_open.Count);
        for (var i = 0; i < _open.Count; i++) WriteBucket(writer, strings, _open[i]);
        _categorization?.Write(writer);
        _scores.Write(writer);
        _evaluator.Write(writer);
    }

    private void ReadBody(ref ByteReader reader)
    {
        var strings = StringTable.Read(ref reader);
        if (SettingsPrint.Of(_settings).DifferenceFrom(SettingsPrint.Read(ref reader)) is { } difference)
            throw new ModelStateException($"the model state belongs to other settings: it was made with other {difference}");
        LatestRecordTime = reader.OptionalInt();
        _clock = new RecordClock(_settings, LatestRecordTime, reader.OptionalInt());
        _next = reader.OptionalInt();
        LatestResultTime = reader.OptionalInt();
        _emptyBuckets = new EmptyBucketBudget((int)reader.VarInt());
        _bucketsRefused = reader.VarInt();
        _bytesExceeded = reader.VarInt();
        _peakBytes = reader.VarInt();
        _turnsAway = reader.Bool();
        Use(ContextCodec.Read(ref reader));
        foreach (var judge in _judges) ReadSeries(ref reader, strings, judge);
        var buckets = reader.Count(10);
        for (var i = 0; i < buckets; i++) ReadBucket(ref reader, strings);
        _categorization?.Read(ref reader);
        _scores.Read(ref reader);
        _evaluator.Read(ref reader);
    }

    private static void WriteSeries(ByteWriter writer, StringTable strings, DetectorJudge judge)
    {
        var table = judge.Table;
        writer.VarUInt((ulong)table.Count);
        for (var i = 0; i < table.Count; i++)
        {
            var series = table[i];
            writer.VarUInt(strings.NumberOf(series.Key.Partition));
            writer.VarUInt(strings.NumberOf(series.Key.By));
            writer.VarUInt(strings.NumberOf(series.Key.Over));
            writer.VarInt(series.LastSeen);
            writer.Bool(series.Started);
            series.Write(writer);
        }
        judge.WriteShared(writer);
        judge.Frequent?.Write(writer);
    }

    private static void ReadSeries(ref ByteReader reader, string[] strings, DetectorJudge judge)
    {
        var count = reader.Count(4);
        for (var i = 0; i < count; i++)
        {
            var key = new SeriesKey(Text(ref reader, strings), Text(ref reader, strings), Text(ref reader, strings));
            var (lastSeen, started) = (reader.VarInt(), reader.Bool());
            var series = judge.Read(key, ref reader);
            (series.LastSeen, series.Started) = (lastSeen, started);
            judge.Table.Restore(series);
        }
        judge.ReadShared(ref reader);
        judge.Frequent?.Read(ref reader);
    }

    private static void WriteBucket(ByteWriter writer, StringTable strings, OpenBucket bucket)
    {
        writer.VarInt(bucket.Start);
        writer.Double(bucket.Events);
        writer.Bool(bucket.Refused);
        foreach (var detector in bucket.Detectors)
        {
            writer.VarUInt((ulong)detector.Count);
            for (var i = 0; i < detector.Count; i++)
            {
                writer.VarInt(detector.At(i).Series);
                WriteValues(writer, detector.At(i).Values);
                detector.CollectorAt(i)?.Write(writer);
                for (var field = 0; field < detector.InfluencerFields; field++) WriteInfluences(writer, strings, detector, detector.FirstInfluence(i, field));
            }
        }
    }

    private void ReadBucket(ref ByteReader reader, string[] strings)
    {
        var bucket = _open.FindOrAdd(reader.VarInt());
        bucket.Events = reader.Double();
        bucket.Refused = reader.Bool();
        for (var d = 0; d < bucket.Detectors.Count; d++)
        {
            var detector = bucket.Detectors[d];
            var count = reader.Count(41);
            for (var i = 0; i < count; i++)
            {
                var series = reader.VarInt();
                if (series < 0 || series >= _tables[d].Count || detector.Find((int)series) >= 0) throw new InvalidDataException("an open bucket refers to no series");
                detector.At(detector.Add((int)series)).Values = ReadValues(ref reader);
                detector.CollectorAt(i)?.Read(ref reader);
                for (var field = 0; field < detector.InfluencerFields; field++) ReadInfluences(ref reader, strings, detector, i, field);
            }
            _memory.OpenBytes += detector.CountBytes();
        }
    }

    private static void WriteInfluences(ByteWriter writer, StringTable strings, DetectorBucket detector, int first)
    {
        var count = 0;
        for (var i = first; i >= 0; i = detector.Influence(i).Next) count++;
        writer.Byte((byte)count);
        for (var i = first; i >= 0; i = detector.Influence(i).Next)
        {
            ref var entry = ref detector.Influence(i);
            writer.VarUInt(strings.NumberOf(entry.Value));
            writer.UInt64(entry.Hash);
            writer.Double(entry.Rank);
            WriteValues(writer, entry.Values);
        }
    }

    private static void ReadInfluences(ref ByteReader reader, string[] strings, DetectorBucket detector, int accumulator, int field)
    {
        var count = reader.Byte();
        for (var i = 0; i < count; i++)
        {
            var entry = new InfluenceEntry { Value = Text(ref reader, strings), Hash = reader.UInt64(), Rank = reader.Double() };
            entry.Values = ReadValues(ref reader);
            detector.RestoreInfluence(accumulator, field, entry);
        }
    }

    private static void WriteValues(ByteWriter writer, in Accumulated values)
    {
        writer.Double(values.Count);
        writer.Double(values.Sum);
        writer.Double(values.Weighted);
        writer.Double(values.Min);
        writer.Double(values.Max);
        writer.Double(values.First);
        writer.Double(values.Squares);
    }

    private static Accumulated ReadValues(ref ByteReader reader) => new()
    {
        Count = reader.Double(),
        Sum = reader.Double(),
        Weighted = reader.Double(),
        Min = reader.Double(),
        Max = reader.Double(),
        First = reader.Double(),
        Squares = reader.Double(),
    };

    private static string Text(ref ByteReader reader, string[] strings)
    {
        var number = reader.VarUInt();
        return number < (ulong)strings.Length ? strings[number] : throw new InvalidDataException("a string is missing");
    }
}
