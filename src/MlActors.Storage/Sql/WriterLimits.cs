namespace MlActors.Storage.Sql;

/// <summary>How much a transaction of a writer takes, and how patient it is.</summary>
/// <param name="MaxGroups">A transaction takes no further group once it holds this many …</param>
/// <param name="MaxBytes">… or this many bytes of payload. A single larger group still commits alone.</param>
/// <param name="Patience">How long a failure that may pass by itself is tried again.</param>
internal sealed record WriterLimits(int MaxGroups, long MaxBytes, TimeSpan Patience);
