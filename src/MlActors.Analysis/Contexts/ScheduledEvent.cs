namespace MlActors.Analysis.Contexts;

/// <summary>A time known beforehand to be unlike others: every bucket that overlaps it is treated as the flags say. Epoch seconds.</summary>
/// <param name="Start">Its first second.</param>
/// <param name="End">The second after its last; after the start.</param>
/// <param name="SkipResult">Whether these buckets score 0 and have no records.</param>
/// <param name="SkipModelUpdate">Whether nothing is learnt from these buckets.</param>
public sealed record ScheduledEvent(string Description, long Start, long End, bool SkipResult = true, bool SkipModelUpdate = true);
