using MlActors.Analysis.Contexts;

namespace MlActors.Analysis.Input;

/// <summary>
/// Everything that can change the state of an analysis, in the order of the job's input log. The analysis is a pure fold over these,
/// so the log from a snapshot on gives the same results and the same state whenever it is replayed.
/// The numbers are written to the log; they never change.
/// </summary>
public enum InputKind : byte { Records = 1, AdvanceTime = 2, SkipTime = 3, ResetBuckets = 4, Context = 5 }

public abstract record AnalysisInput(InputKind Kind);

/// <summary>Records to analyse.</summary>
public sealed record RecordsInput(RecordBatch Batch) : AnalysisInput(InputKind.Records);

/// <summary>Time is taken to have moved on to <paramref name="To"/> (epoch seconds): buckets before it are finished, models updated.</summary>
public sealed record AdvanceTimeInput(long To) : AnalysisInput(InputKind.AdvanceTime);

/// <summary>Time jumps to <paramref name="To"/> (epoch seconds), rounded up to a bucket border, without results or model updates.</summary>
public sealed record SkipTimeInput(long To) : AnalysisInput(InputKind.SkipTime);

/// <summary>What the open buckets in [From, To) (epoch seconds, widened to bucket borders) have collected is thrown away, to be sent again.</summary>
public sealed record ResetBucketsInput(long From, long To) : AnalysisInput(InputKind.ResetBuckets);

/// <summary>From the next bucket that is finished on, this context holds, in place of the one before it.</summary>
public sealed record ContextInput(AnalysisContext Context) : AnalysisInput(InputKind.Context);
