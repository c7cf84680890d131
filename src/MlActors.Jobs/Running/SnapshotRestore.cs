using MlActors.Analysis;
using MlActors.Jobs.Storage;

namespace MlActors.Jobs.Running;

/// <summary>Takes up the state that an analysis starts from.</summary>
internal static class SnapshotRestore
{
    internal sealed record Outcome(JobAnalysis Analysis, long AfterSeq, IReadOnlyList<ModelSnapshot> Snapshots, string? Note);

    /// <summary>
    /// Restores the snapshot named by the start. When it is damaged, the newest older one of the same lineage stands in: the input log goes back to
    /// it, so that the replay gives the same state, and nothing is lost.
    /// </summary>
    /// <exception cref="ModelStateException">No usable state.</exception>
    public static async Task<Outcome> RunAsync(IJobStore store, AnalysisStart start, AnalysisSettings settings)
    {
        var snapshots = await store.ListSnapshotsAsync(start.Job.Config.JobId);
        if (start.SnapshotId is null) return new Outcome(JobAnalysis.Create(settings), start.AfterSeq, snapshots, null);

        var stored = await store.ReadSnapshotAsync(start.Job.Config.JobId, start.SnapshotId);
        string refused;
        if (stored is null)
        {
            refused = $"model snapshot [{start.SnapshotId}] is not stored any more";
        }
        else
        {
            try
            {
                return new Outcome(JobAnalysis.Restore(settings, stored.State), start.AfterSeq, snapshots, null);
            }
            catch (ModelStateException cause)
            {
                refused = $"model snapshot [{start.SnapshotId}] is refused: {cause.Message}";
            }
        }
        return await StandInAsync(store, start, settings, snapshots, refused) ?? throw new ModelStateException(
            $"{refused}; no older snapshot can stand in for it; revert to another snapshot, or reset the job");
    }

    private static async Task<Outcome?> StandInAsync(
        IJobStore store, AnalysisStart start, AnalysisSettings settings, IReadOnlyList<ModelSnapshot> snapshots, string refused)
    {
        // After a revert the state is taken to contain inputs that it does not: then only itself will do.
        var damaged = snapshots.FirstOrDefault(s => s.SnapshotId == start.SnapshotId);
        if (damaged is null || damaged.InputSeq != start.AfterSeq || damaged.Lineage != start.Job.Lineage) return null;
        foreach (var older in snapshots.Where(s => s.Lineage == damaged.Lineage && s.InputSeq < damaged.InputSeq).OrderByDescending(s => s.InputSeq))
        {
            if (!await HasInputsAsync(store, start, older.InputSeq)) break;
            if (await store.ReadSnapshotAsync(start.Job.Config.JobId, older.SnapshotId) is not { } stored) continue;
            try
            {
                return new Outcome(JobAnalysis.Restore(settings, stored.State), older.InputSeq, snapshots, $"{refused}; [{older.SnapshotId}] stands in for it");
            }
            catch (ModelStateException)
            {
                // That one is damaged too: the one before.
            }
        }
        if (start.Job.Lineage == 0 && await HasInputsAsync(store, start, 0))
            return new Outcome(JobAnalysis.Create(settings), 0, snapshots, $"{refused}; the whole input is analysed again");
        return null;
    }

    private static async Task<bool> HasInputsAsync(IJobStore store, AnalysisStart start, long afterSeq)
    {
        if (start.HeadSeq == afterSeq) return true;
        var first = await store.ReadInputsAsync(start.Job.Config.JobId, afterSeq, 1);
        return first is [{ } input, ..] && input.Seq == afterSeq + 1;
    }
}
