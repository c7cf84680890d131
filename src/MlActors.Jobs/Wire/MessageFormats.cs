using System.Collections.Frozen;
using MlActors.Jobs.Closing;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Forecasts;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Nodes;
using MlActors.Jobs.Requests;
using MlActors.Jobs.Upgrading;

namespace MlActors.Jobs.Wire;

/// <summary>
/// All that travels between nodes. Members with defaults may be added to a message; what an older release could not understand gets a new version, which one
/// release reads before the next one writes it.
/// </summary>
internal static class MessageFormats
{
    private static readonly MessageFormat[] All =
    [
        new JsonFormat<CreateJob>("create-job/1"),
        new JsonFormat<UpdateJob>("update-job/1"),
        new JsonFormat<OpenJob>("open-job/1"),
        new JsonFormat<CloseJob>("close-job/1"),
        new JsonFormat<ForceCloseJob>("force-close-job/1"),
        new JsonFormat<DeleteJob>("delete-job/1"),
        new JsonFormat<ResetJob>("reset-job/1"),
        new JsonFormat<RevertSnapshot>("revert-snapshot/1"),
        new JsonFormat<ChangeSnapshot>("change-snapshot/1"),
        new JsonFormat<RemoveSnapshot>("remove-snapshot/1"),
        new RecordsFormat(),
        new JsonFormat<FlushJob>("flush-job/1"),
        new JsonFormat<GetJobStats>("get-job-stats/1"),
        new JsonFormat<WakeJob>("wake-job/1"),
        new JsonFormat<RefreshContext>("refresh-context/1"),
        new JsonFormat<StartForecast>("start-forecast/1"),
        new JsonFormat<RemoveForecasts>("remove-forecasts/1"),
        new JsonFormat<PutDatafeed>("put-datafeed/1"),
        new JsonFormat<UpdateDatafeed>("update-datafeed/1"),
        new JsonFormat<DeleteDatafeed>("delete-datafeed/1"),
        new JsonFormat<StartDatafeed>("start-datafeed/1"),
        new JsonFormat<StopDatafeed>("stop-datafeed/1"),
        new JsonFormat<ClaimAnswer>("claim-answer/1"),
        new JsonFormat<FollowUpgradeMode>("follow-upgrade-mode/1"),
        new JsonFormat<ReachUpgradeMode>("reach-upgrade-mode/1"),
        new JsonFormat<DescribeNode>("describe-node/1"),
        new JsonFormat<FindTask>("find-task/1"),

        new JsonFormat<Claim>("claim/1"),
        new JsonFormat<Accepted>("accepted/1"),
        new JsonFormat<Done>("done/1"),
        new JsonFormat<JobUpdatedReply>("job-updated/1"),
        new JsonFormat<JobOpenedReply>("job-opened/1"),
        new JsonFormat<JobClosedReply>("job-closed/1"),
        new JsonFormat<PieceAccepted>("piece-accepted/1"),
        new JsonFormat<JobFlushedReply>("job-flushed/1"),
        new JsonFormat<SnapshotReply>("snapshot/1"),
        new JsonFormat<JobStatsReply>("job-stats/1"),
        new JsonFormat<Refused>("refused/1"),
        new JsonFormat<ForecastAccepted>("forecast-accepted/1"),
        new JsonFormat<DatafeedReply>("datafeed/1"),
        new JsonFormat<DatafeedStartedReply>("datafeed-started/1"),
        new JsonFormat<UpgradeModeFollowed>("upgrade-mode-followed/1"),
        new JsonFormat<UpgradeModeReached>("upgrade-mode-reached/1"),
        new JsonFormat<NodeDescription>("node-description/1"),
        new JsonFormat<TaskFound>("task-found/1"),
    ];

    private static readonly FrozenDictionary<Type, MessageFormat> ByType = All.ToFrozenDictionary(format => format.Type);
    private static readonly FrozenDictionary<string, MessageFormat> ByManifest = All.ToFrozenDictionary(format => format.Manifest, StringComparer.Ordinal);

    /// <summary>All kinds that can be read.</summary>
    public static IReadOnlyCollection<string> Manifests => ByManifest.Keys;

    /// <exception cref="NotSupportedException">The message stays on its node.</exception>
    public static MessageFormat Of(object message) => ByType.TryGetValue(message.GetType(), out var format)
        ? format
        : throw new NotSupportedException($"{message.GetType().Name} has no form between nodes");

    /// <exception cref="InvalidDataException">This release does not know such messages.</exception>
    public static MessageFormat Of(string manifest) => ByManifest.TryGetValue(manifest, out var format)
        ? format
        : throw new InvalidDataException($"this version does not know messages of the kind [{manifest}]; a newer version sent one");
}
