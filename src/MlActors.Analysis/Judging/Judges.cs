using MlActors.Analysis.Functions;
using MlActors.Analysis.Modelling;
using MlActors.Analysis.Series;

namespace MlActors.Analysis.Judging;

/// <summary>Which way of judging a detector has.</summary>
internal static class Judges
{
    public static DetectorJudge Create(int detector, DetectorSettings settings, AnalysisSettings job, MemoryBudget memory)
    {
        var aggregate = settings.Function.Aggregate;
        var shape = new ModelShape(job.BucketSpan, aggregate, alone: !settings.IsSplit, job.TimeZone);
        DetectorJudge judge = (aggregate, settings.OverFieldName) switch
        {
            (Aggregate.Rare, null) => new RareJudge(detector, settings, memory),
            (Aggregate.Rare or Aggregate.FrequentRare, _) => new RareMemberJudge(detector, settings, shape, memory),
            (Aggregate.GeographicPoint or Aggregate.TimeOfDay or Aggregate.TimeOfWeek, _) => new EventJudge(detector, settings, shape, memory),
            (Aggregate.Metric, null) => new MetricJudge(detector, settings, shape, memory),
            (_, null) => new SeriesJudge(detector, settings, shape, memory),
            _ => new PopulationJudge(detector, settings, shape, memory),
        };
        if (settings.ExcludesFrequentBy || settings.ExcludesFrequentOver) judge.Frequent = new FrequentValues(settings, memory);
        judge.Table = new SeriesTable(settings, judge, memory);
        return judge;
    }
}
