using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Forecasts;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Jobs.Upgrading;

/// <summary>What cannot be asked of a job while upgrade mode is on. All else is done as always.</summary>
internal static class UpgradeRules
{
    private const string Fix = "while upgrade mode is on; ask again when [POST /_ml/set_upgrade_mode?enabled=false] has ended it";

    /// <returns><c>null</c> for what may be asked.</returns>
    public static Refused? RefusalOf(JobCommand command) => command switch
    {
        OpenJob => Refuse(command, RefusalKind.TooMany, $"cannot open job [{command.JobId}] {Fix}"),
        StartDatafeed start => Refuse(command, RefusalKind.TooMany, $"cannot start datafeed [{start.DatafeedId}] {Fix}"),
        ResetJob => Refuse(command, RefusalKind.Conflict, $"cannot reset job [{command.JobId}] {Fix}"),
        RevertSnapshot => Refuse(command, RefusalKind.Conflict, $"cannot revert the model of job [{command.JobId}] {Fix}"),
        _ => null,
    };

    /// <summary>For what goes into the log of an open job: none of it was taken.</summary>
    public static Refused RefusalOfInput(JobMessage input)
    {
        var what = input switch { FlushJob => "flush", StartForecast => "forecast", _ => "post data to" };
        return Refuse(input, RefusalKind.TooMany, $"cannot {what} job [{input.JobId}] {Fix}; nothing was taken");
    }

    private static Refused Refuse(JobMessage message, RefusalKind kind, string reason) => new(message.JobId, kind, reason);
}
