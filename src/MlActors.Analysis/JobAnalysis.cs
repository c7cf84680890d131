using MlActors.Analysis.Buckets;
using MlActors.Analysis.Categorization;
using MlActors.Analysis.Contexts;
using MlActors.Analysis.Functions;
using MlActors.Analysis.Input;
using MlActors.Analysis.Judging;
using MlActors.Analysis.Results;
using MlActors.Analysis.Scoring;
using MlActors.Analysis.Series;
using MlActors.Analysis.Time;

namespace MlActors.Analysis;

/// <summary>A model state cannot be used; the message says why.</summary>
public sealed class ModelStateException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// The analysis of one job: a fold over its inputs. Not thread-safe; owned by one actor. Deterministic: the same inputs after the same
/// state give the same results and the same saved bytes, whatever was saved and restored in between, and however the records were cut into batches.
/// <para>
/// A bucket [start, start + span) starts at a multiple of the span. It is finished when the newest record's bucket starts at least the latency after
/// its end, or when time is advanced past its end; buckets are finished in order, empty ones too, within <see cref="EmptyBucketBudget"/>.
/// </para>
/// </summary>
public sealed partial class JobAnalysis
{
    /// <summary>Longest bucket span and latency, seconds; far beyond use, and no sum of times overflows.</summary>
    private const long LongestTime = 1L << 40;

    private readonly AnalysisSettings _settings;
    private readonly MemoryBudget _memory;
    private readonly DetectorJudge[] _judges;
    private readonly SeriesTable[] _tables;
    private readonly TextColumn[] _influencers;
    private readonly DetectorFeed[] _feeds;
    private readonly OpenBuckets _open;
    private readonly BucketEvaluator _evaluator;
    private readonly int _summaryColumn;
    private readonly BatchSchema _schema;
    private readonly JobCategorization? _categorization;

    private readonly ScoreHistory _scores;

    private AnalysisContext _context = AnalysisContext.Empty;
    private RecordClock _clock;
    private EmptyBucketBudget _emptyBuckets = new(EmptyBucketBudget.Most);
    private long? _next;
    private long _bucketsRefused;
    private long _bytesExceeded;
    private long _peakBytes;
    private bool _turnsAway;

    private JobAnalysis(AnalysisSettings settings)
    {
        Validate(settings);
        _settings = settings;
        _memory = new MemoryBudget(settings.ModelMemoryLimit);
        _clock = new RecordClock(settings);
        _scores = new ScoreHistory((double)settings.RenormalizationWindow / settings.BucketSpan);
        var schema = _schema = WithCategory(settings);
        _categorization = settings.Categorization is null ? null : new JobCategorization(settings.Categorization, settings.Schema, _memory);
        _summaryColumn = schema.IndexOf(settings.SummaryCountField, FieldKind.Number);
        _judges = [.. settings.Detectors.Select((detector, i) => Judges.Create(i, detector, settings, _memory))];
        _tables = [.. _judges.Select(judge => judge.Table)];
        _influencers = [.. settings.Influencers.Select(name => new TextColumn(name, schema.IndexOf(name, FieldKind.Text)))];
        var tracked = settings.Detectors.Select(detector => _influencers.Where(influencer => !detector.IsSplitBy(influencer.Name)).ToArray()).ToArray();
        _feeds = [.. _tables.Select((table, i) => new DetectorFeed(table, i, schema, settings.TimeZone, tracked[i], _memory))];
        _open = new OpenBuckets(() => new OpenBucket([.. tracked.Select((fields, i) => new DetectorBucket(fields.Length, settings.Detectors[i].Function.Aggregate))]), _memory);
        var positions = tracked.Select(fields => _influencers.Select(influencer => Array.IndexOf(fields, influencer)).ToArray()).ToArray();
        _evaluator = new BucketEvaluator(settings, _judges, new InfluenceFinder(settings, _judges, positions));
    }

    /// <summary>A new analysis without any memory.</summary>
    /// <exception cref="ArgumentException">The settings ask for what this version does not analyse.</exception>
    public static JobAnalysis Create(AnalysisSettings settings) => new(settings);

    /// <summary>
    /// End of the newest finished bucket, epoch seconds; <c>null</c> before the first. After the first records of a new job: the start of the first
    /// bucket (with latency, earlier records that still come in move it back until a bucket is finished).
    /// </summary>
    public long? LastFinalizedBucketEnd => _next;

    /// <summary>Start of the newest bucket that gave a result, epoch seconds.</summary>
    public long? LatestResultTime { get; private set; }

    /// <summary>Time of the newest record, epoch seconds.</summary>
    public long? LatestRecordTime { get; private set; }

    /// <summary>Whether anything was analysed or time was advanced since the state was created or restored.</summary>
    public bool Changed { get; private set; }

    /// <summary>Whether results carry the values of all series. It may be changed between two inputs; it is no part of the state.</summary>
    public bool KeepsValues { get => _evaluator.KeepsValues; set => _evaluator.KeepsValues = value; }

    public ModelSizeStats SizeStats => new()
    {
        ModelBytes = _memory.Total,
        PeakModelBytes = Math.Max(_peakBytes, _memory.Total),
        ModelBytesExceeded = _bytesExceeded,
        MemoryLimit = _memory.Limit,
        TotalByFieldCount = _tables.Sum(table => (long)table.ByCount),
        TotalOverFieldCount = _tables.Sum(table => (long)table.OverCount),
        TotalPartitionFieldCount = _tables.Sum(table => (long)table.PartitionCount),
        BucketAllocationFailures = _bucketsRefused,
        MemoryStatus = _turnsAway ? MemoryStatus.HardLimit : _memory.AboveSoftLimit ? MemoryStatus.SoftLimit : MemoryStatus.Ok,
        Timestamp = LatestResultTime,
        Categorization = _categorization?.Stats ?? default,
    };

    /// <summary>
    /// What initial scores of 0, 1 … 100 are worth in perspective, never falling; <c>null</c> when that has not changed since it was last taken.
    /// </summary>
    public double[]? TakeScoreScale() => _scores.TakeNews();

    /// <summary>
    /// Provisional results of the open buckets that have records, those starting in [from, to) only when given, in order of time. The state does not
    /// change. In the newest bucket, which is still filling, low counts and sums are not reported.
    /// </summary>
    public IReadOnlyList<BucketResult> CalculateInterim(long? from = null, long? to = null)
    {
        var results = new List<BucketResult>(_open.Count);
        for (var i = 0; i < _open.Count; i++)
        {
            var bucket = _open[i];
            if (bucket.Start < (from ?? long.MinValue) || bucket.Start >= (to ?? long.MaxValue)) continue;
            results.Add(_evaluator.Preview(bucket, stillFilling: bucket.Start == _clock.Current));
        }
        return results;
    }

    private static void Validate(AnalysisSettings settings)
    {
        if (settings.BucketSpan is < 1 or > LongestTime) throw new ArgumentException("the bucket span is out of range", nameof(settings));
        if (settings.Latency is < 0 or > LongestTime) throw new ArgumentException("the latency is out of range", nameof(settings));
        if (settings.TimeZone is { } zone && !AnalysisSettings.IsTimeZone(zone)) throw new ArgumentException($"there is no time zone [{zone}]", nameof(settings));
        if (settings.Detectors.IsDefaultOrEmpty) throw new ArgumentException("there is no detector", nameof(settings));
        ValidateCategory(settings);
        foreach (var detector in settings.Detectors)
        {
            if (detector.Function.Field == FieldRule.Required && detector.FieldName is null)
                throw new ArgumentException($"function [{detector.Function.Name}] needs a field", nameof(settings));
        }
    }
}
