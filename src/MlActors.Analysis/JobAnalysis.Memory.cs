using MlActors.Analysis.Series;
using MlActors.Analysis.Time;

namespace MlActors.Analysis;

public sealed partial class JobAnalysis
{
    private const int BucketsBetweenPrunes = 64;
    private const int FewestBucketsKept = 20;
    private const int PruneSooner = 4;

    /// <summary>
    /// Drops series that were not seen within the prune window before the newest finished bucket's end, as a close does, so that the saved state is
    /// small. The one series of a detector without by and partition field stays.
    /// </summary>
    public void Prune() => DropUnseen(_settings.ModelPruneWindow);

    private void LookAfterMemory(bool refused)
    {
        _peakBytes = Math.Max(_peakBytes, _memory.Total);
        if (refused)
        {
            _bucketsRefused++;
            _turnsAway = true;
            _bytesExceeded = Math.Max(0, _memory.Total + ModelledSeries.BytesOf(new SeriesKey("", "")) + _judges[0].NewBytes - _memory.Limit);
        }
        else if (!_memory.AboveSoftLimit)
        {
            _turnsAway = false;
        }
    }

    // Every now and then; above the soft limit at every bucket and with a shorter window.
    private void PruneIfDue(long start)
    {
        if (_memory.AboveSoftLimit)
            DropUnseen(Math.Max(_settings.ModelPruneWindow / PruneSooner, Math.Min(_settings.ModelPruneWindow, FewestBucketsKept * _settings.BucketSpan)));
        else if (BucketTime.Floor(start, BucketsBetweenPrunes * _settings.BucketSpan) == start)
            DropUnseen(_settings.ModelPruneWindow);
    }

    private void DropUnseen(long window)
    {
        if (_next is not { } now) return;
        var dropped = false;
        for (var detector = 0; detector < _tables.Length; detector++)
        {
            var table = _tables[detector];
            if (!table.AnySeenBefore(now - window)) continue;
            var used = new bool[table.Count];
            for (var i = 0; i < _open.Count; i++)
                foreach (ref var accumulator in _open[i].Detectors[detector].Accumulators)
                    used[accumulator.Series] = true;
            if (table.Prune(now - window, used) is not { } moved) continue;
            dropped = true;
            for (var i = 0; i < _open.Count; i++) _open[i].Detectors[detector].Renumber(moved);
        }
        if (!dropped) return;
        foreach (var feed in _feeds) feed.Forget();
    }
}
