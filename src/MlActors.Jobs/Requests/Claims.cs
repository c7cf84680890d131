using MlActors.Jobs.Forecasts;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Jobs.Requests;

/// <summary>From the owner of a job in place of a reply: is what you sent still wanted? Answered with <see cref="ClaimAnswer"/>; who is gone wants nothing.</summary>
/// <param name="Number">The owner's name for the question.</param>
public sealed record Claim(string JobId, long Number) : JobReply(JobId);

/// <summary>Goes to the owner that asked, and to no other. Not answered.</summary>
/// <param name="Wanted">Whether somebody still waits for what was sent: nobody was told yet how it ended.</param>
public sealed record ClaimAnswer(string JobId, long Number, bool Wanted) : JobMessage(JobId);

/// <summary>Which messages an owner carries out only when it has heard that they are still wanted.</summary>
internal static class Claims
{
    /// <param name="newOwner">Whether the owner has begun so lately that what was sent to one before it may still be on its way.</param>
    public static bool Asks(JobMessage message, bool newOwner) => message.Attempt is { } attempt && message switch
    {
        // There are many of them, and they remove nothing.
        PostRecords or FlushJob or OpenJob or CloseJob or ForceCloseJob or Datafeeds.StopDatafeed => attempt > 1 || newOwner,
        JobCommand or StartForecast or RemoveForecasts => true,
        _ => false,
    };
}
