using System.Globalization;
using MlActors.Jobs.Configuration.Values;
using MlActors.Jobs.Results;

namespace MlActors.Jobs.Datafeeds;

/// <summary>The annotations of data that came too late. One that is found again, with more perhaps, or healed, replaces the one before.</summary>
internal static class LateDataNotes
{
    public const string Event = "delayed_data";

    /// <summary>What was found and not taken in.</summary>
    public static Annotation Of(DelayedData delayed) => Of(delayed, "raise [query_delay] if that happens often");

    public static Annotation Of(HealedData healed) =>
        Of(healed.Last, $"the model went back to snapshot [{healed.SnapshotId}] and everything from {TimeText.IsoSeconds(healed.FromMs)} on was read again");

    private static Annotation Of(DelayedData delayed, string then) => new(
        string.Create(CultureInfo.InvariantCulture, $"{Event}:{delayed.FromMs}"), Event, delayed.FromMs / 1000, delayed.ToMs / 1000,
        string.Create(CultureInfo.InvariantCulture, $"{delayed.Records} records of {TimeText.IsoSeconds(delayed.FromMs)} to {TimeText.IsoSeconds(delayed.ToMs)} came too late: {then}"));
}
