using System.Diagnostics;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Jobs.Observing;

/// <summary>
/// Spans of what is done for a request on its way through a job: the journaling of a command (<c>job.command</c>) or of input (<c>job.append</c>), the
/// analysis of that input (<c>analysis.fold</c>) and the storing of its results (<c>results.write</c>). A message carries the span it belongs to, in the form
/// of W3C Trace Context, since it goes through mailboxes and between nodes. Costs nothing while nobody listens.
/// </summary>
public static class JobTraces
{
    public const string SourceName = "MlActors.Jobs";

    private static readonly ActivitySource Source = new(SourceName, ServerInfo.Version);

    /// <summary>The message, as part of the span that is under way here.</summary>
    internal static JobMessage Mark(JobMessage message) =>
        Source.HasListeners() && Activity.Current is { Recorded: true, Id: { } id } ? message with { TraceParent = id } : message;

    /// <summary>Begins a span; it is not the one that is under way here, as whoever runs here next has nothing to do with it.</summary>
    /// <param name="parent">The span it belongs to.</param>
    /// <returns><c>null</c> when nobody listens or the request is not traced.</returns>
    internal static Activity? Begin(string name, string jobId, string? parent)
    {
        if (parent is null || !ActivityContext.TryParse(parent, null, isRemote: true, out var context)) return null;
        var before = Activity.Current;
        var span = Source.StartActivity(name, ActivityKind.Internal, context)?.SetTag("mlactors.job", jobId);
        Activity.Current = before;
        return span;
    }

    /// <summary>Ends a span, with what went wrong.</summary>
    internal static void End(Activity? span, Exception? cause = null)
    {
        if (span is null) return;
        if (cause is not null) span.SetStatus(ActivityStatusCode.Error, cause.Message);
        var before = Activity.Current;
        span.Stop();
        Activity.Current = before;
    }
}
