using Akka.Actor;
using Akka.Event;
using MlActors.Analysis.Categorization;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;

namespace MlActors.Jobs.Running;

internal sealed partial class AnalysisActor
{
    private void RunMarker(ToAnalysis marker)
    {
        switch (marker)
        {
            case ToAnalysis.Flush flush:
                RunFlush(flush);
                break;
            case ToAnalysis.MakeForecast make:
                RunForecast(make.Forecast);
                break;
            case ToAnalysis.PlotModel plot:
                (_plot, _notes) = (plot.Plot, plot.Notes);
                _analysis.KeepsValues = _plot is not null;
                break;
            case ToAnalysis.Finish finish:
                RunFinish(finish);
                break;
        }
    }

    private void RunFlush(ToAnalysis.Flush flush)
    {
        var done = new FromAnalysis.Flushed(_start.Generation, flush.Token, _analysis.LastFinalizedBucketEnd);
        List<StoreWrite> writes = [.. Categories(counts: true)];
        if (flush.Request.CalculateInterim)
        {
            var interim = _analysis.CalculateInterim(flush.Request.InterimFrom, flush.Request.InterimTo);
            writes.Add(new WriteResults(JobId, interim, new double[interim.Count]));
        }
        if (writes.Count == 0)
        {
            _job.Tell(done);
            return;
        }
        _store.WriteAsync(writes).PipeTo(_job,
            success: () => done,
            failure: cause => new FlushFailed(_start.Generation, flush.Token, cause.Message));
    }

    internal sealed record FlushFailed(long Generation, long Token, string Reason) : FromAnalysis(Generation);

    /// <summary>
    /// The end of a graceful close: the input is analysed and its results are durable. The open bucket stays in the state, so that it goes on
    /// after the next open. No snapshot is taken when nothing was analysed since the last.
    /// </summary>
    private void RunFinish(ToAnalysis.Finish finish)
    {
        Report("finalizing", 85);
        FaultPoints.Hit("close.analysed");
        if (!finish.ShowsOpenBuckets)
        {
            Conclude();
            return;
        }
        var interim = _analysis.CalculateInterim(null, null);
        _store.WriteAsync([new WriteResults(JobId, interim, new double[interim.Count])])
            .PipeTo(_self, success: () => new RunAgain(Conclude), failure: _ => new RunAgain(Conclude));
    }

    private void Conclude()
    {
        if (!_analysis.Changed)
        {
            _job.Tell(new FromAnalysis.Finished(_start.Generation, null, _analysis.SizeStats, _timer.Stats));
            return;
        }
        Report("pruning", 90);
        _analysis.Prune();
        FaultPoints.Hit("close.pruned");
        Report("persisting", 95);
        _job.Tell(new FromAnalysis.Finished(_start.Generation, Draft(), _analysis.SizeStats, _timer.Stats));
    }

    private void Report(string phase, double percent) => _job.Tell(new FromAnalysis.Phase(_start.Generation, phase, percent));

    private bool CheckpointDue => _inputsSinceSnapshot > 0 &&
        (_bytesSinceSnapshot >= _options.CheckpointBytes || _inputsSinceSnapshot >= _options.CheckpointInputs || _time.GetElapsedTime(_snapshotAt) >= _snapshotEvery);

    private void TakeCheckpoint()
    {
        _inputsSinceSnapshot = _bytesSinceSnapshot = 0;
        _snapshotAt = _time.GetTimestamp();
        FaultPoints.Hit("snapshot.taken");
        _job.Tell(new FromAnalysis.Checkpoint(_start.Generation, Draft()));
    }

    private void SaveAndRest()
    {
        if (_inputsSinceSnapshot > 0) TakeCheckpoint();
        else _job.Tell(new FromAnalysis.NothingToSave(_start.Generation));
        Become(() => ReceiveAny(_ => { }));
    }

    private SnapshotDraft Draft() => new(_analysis.SaveState(), _folded, _analysis.LatestRecordTime, _analysis.LatestResultTime,
        _analysis.LastFinalizedBucketEnd, _analysis.SizeStats, _timer.Stats, [.. Categories(counts: true)]);

    // The categories that are to be stored, if there are any. Without counts, partitions are news only by their status.
    private IEnumerable<StoreWrite> Categories(bool counts)
    {
        var news = _analysis.TakeCategoryNews(counts);
        if (!counts) foreach (var partition in news.Partitions) LogStatus(partition);
        return news.Categories.Count == 0 ? [] : [new PutCategories(JobId, news.Categories, _analysis.CategoryCount)];
    }

    private void LogStatus(PartitionStats partition)
    {
        if (partition.Stats.Status != CategorizationStatus.Warn) return;
        _log.Warning("The texts of job {0} where [{1}] is [{2}] are hardly fit for categories; they are {3}", JobId, partition.PartitionFieldName,
            partition.PartitionFieldValue, partition.IsStopped ? "left alone" : "categorized all the same");
    }
}
