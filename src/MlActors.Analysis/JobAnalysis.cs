using MlActors.Analysis.Input;
using MlActors.Analysis.Results;

namespace MlActors.Analysis;

/// <summary>A model state cannot be used; the message says why.</summary>
public sealed class ModelStateException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// The analysis of one job: a fold over its inputs. Not thread-safe; owned by one actor. Deterministic: the same inputs after the same
/// state give the same results and the same saved bytes, whatever was saved and restored in between.
/// </summary>
public sealed class JobAnalysis
{
    /// <summary>A new analysis without any memory.</summary>
    public static JobAnalysis Create(AnalysisSettings settings) => throw new NotImplementedException();

    /// <summary>Takes up a saved state.</summary>
    /// <exception cref="ModelStateException">The state is damaged, of an unknown version, or of other settings.</exception>
    public static JobAnalysis Restore(AnalysisSettings settings, ReadOnlySpan<byte> state) => throw new NotImplementedException();

    /// <summary>Folds one input; results of the buckets that it finished are added in order of time.</summary>
    public void Fold(AnalysisInput input, ICollection<BucketResult> results, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Provisional results of the buckets still open, those starting in [from, to) only when given. The state does not change.</summary>
    public IReadOnlyList<BucketResult> CalculateInterim(long? from = null, long? to = null) => throw new NotImplementedException();

    /// <summary>Drops series that were not seen within the prune window, as a close does, so that the saved state is small.</summary>
    public void Prune() => throw new NotImplementedException();

    /// <summary>The state in the versioned, checksummed format; equal states give equal bytes.</summary>
    public byte[] SaveState() => throw new NotImplementedException();

    /// <summary>End of the newest finished bucket, epoch seconds; <c>null</c> before the first. After the first records of a new job: the start of the first bucket.</summary>
    public long? LastFinalizedBucketEnd => throw new NotImplementedException();

    /// <summary>Start of the newest bucket that gave a result, epoch seconds.</summary>
    public long? LatestResultTime => throw new NotImplementedException();

    /// <summary>Time of the newest record, epoch seconds.</summary>
    public long? LatestRecordTime => throw new NotImplementedException();

    /// <summary>Whether anything was analysed or time was advanced since the state was created or restored.</summary>
    public bool Changed => throw new NotImplementedException();

    public ModelSizeStats SizeStats => throw new NotImplementedException();
}
