using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Forecasts;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Jobs.Requests;

/// <summary>How a message is sent a second time, when whether the first one arrived cannot be known.</summary>
internal static class Repetition
{
    /// <returns><c>null</c>: it cannot be; what it asks for would happen twice, or be refused because it has happened.</returns>
    public static JobMessage? Of(JobMessage message) => message switch
    {
        OpenJob open => open with { Join = true },
        // The owner knows the pieces of an upload that has a name.
        PostRecords { BatchId: null } => null,
        CreateJob or RemoveSnapshot or StartForecast or RemoveForecasts or PutDatafeed or DeleteDatafeed or StartDatafeed => null,
        _ => message,
    };

    /// <summary>What a reply to a repeated message means.</summary>
    public static JobReply Understand(JobMessage message, JobReply reply) => (message, reply) switch
    {
        // The first one did it.
        (DeleteJob, Refused { Kind: RefusalKind.NotFound }) => new Done(message.JobId),
        _ => reply,
    };
}
