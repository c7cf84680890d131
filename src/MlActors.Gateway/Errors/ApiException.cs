using System.Collections.Immutable;

namespace MlActors.Gateway.Errors;

/// <summary>One cause as it stands in <c>root_cause</c>.</summary>
public sealed record ErrorCause(string Type, string Reason);

/// <summary>An answer that is an error, in the terms of the API. Its text goes to the client: no secret, no path, no stack in it.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="type">One of <see cref="ErrorTypes"/>.</param>
/// <param name="reason">What is wrong and what would be right.</param>
public sealed class ApiException(int status, string type, string reason, Exception? inner = null) : Exception(reason, inner)
{
    public int Status { get; } = status;
    public string Type { get; } = type;

    /// <summary>All causes when there are several; empty means the error itself is the only one.</summary>
    public ImmutableArray<ErrorCause> Causes { get; init; } = [];

    /// <summary>Values of a <c>WWW-Authenticate</c> header, also shown in the body.</summary>
    public ImmutableArray<string> Challenges { get; init; } = [];

    /// <summary>The methods for an <c>Allow</c> header.</summary>
    public ImmutableArray<string> Allow { get; init; } = [];

    public static ApiException IllegalArgument(string reason) => new(400, ErrorTypes.IllegalArgument, reason);

    public static ApiException Parse(string reason, Exception? inner = null) => new(400, ErrorTypes.Parse, reason, inner);

    public static ApiException NotFound(string reason) => new(404, ErrorTypes.NotFound, reason);

    /// <summary>The job of this id does not exist.</summary>
    public static ApiException NoJob(string jobId) => NotFound($"no job with the id [{jobId}] exists");

    public static ApiException Conflict(string reason) => new(409, ErrorTypes.Status, reason);
}
