using System.Text.Json;
using Microsoft.AspNetCore.Http;
using MlActors.Documents;
using MlActors.Ingest;
using MlActors.Jobs;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Storage;

namespace MlActors.Gateway.Errors;

/// <summary>What refusals and exceptions of the inner parts look like to a client.</summary>
public static class ErrorMapping
{
    /// <summary>The error for an exception that is an expected answer; <c>null</c> when it is a defect.</summary>
    public static ApiException? From(Exception exception) => exception switch
    {
        ApiException api => api,
        InvalidConfigException invalid => From(invalid),
        QueryException { Unknown: true } query => new ApiException(400, ErrorTypes.Parsing, query.Message, query),
        QueryException query => new ApiException(400, ErrorTypes.IllegalArgument, query.Message, query),
        JobTimeoutException timeout => new ApiException(408, ErrorTypes.Status, timeout.Message + "; what was asked for may still happen"),
        StoreException { Failure: StoreFailure.Unavailable } store => new ApiException(503, ErrorTypes.Status, store.Message, store),
        StoreException store => new ApiException(500, ErrorTypes.Unexpected, store.Message, store),
        UnsupportedContentEncodingException unsupported => new ApiException(415, ErrorTypes.MediaType, unsupported.Message, unsupported),
        UnreadableInputException unreadable => ApiException.Parse(unreadable.Message, unreadable),
        BadHttpRequestException { StatusCode: 413 } => TooLarge("the body is larger than this endpoint takes"),
        BadHttpRequestException bad => new ApiException(bad.StatusCode, ErrorTypes.IllegalArgument, bad.Message),
        JsonException json => ApiException.Parse(MalformedJson(json)),
        _ => null,
    };

    /// <summary>The error for the refusal of a job's owner.</summary>
    public static ApiException From(Refused refused) => new(StatusOf(refused.Kind), TypeOf(refused.Kind), refused.Reason);

    public static int StatusOf(RefusalKind kind) => kind switch
    {
        RefusalKind.Invalid or RefusalKind.AlreadyExists => 400,
        RefusalKind.NotFound => 404,
        RefusalKind.Conflict => 409,
        RefusalKind.TooMany => 429,
        RefusalKind.Unavailable or RefusalKind.Moving => 503,
        _ => 500,
    };

    public static string TypeOf(RefusalKind kind) => kind switch
    {
        RefusalKind.Invalid => ErrorTypes.IllegalArgument,
        RefusalKind.AlreadyExists => ErrorTypes.AlreadyExists,
        RefusalKind.NotFound => ErrorTypes.NotFound,
        RefusalKind.Conflict or RefusalKind.TooMany or RefusalKind.Unavailable or RefusalKind.Moving => ErrorTypes.Status,
        _ => ErrorTypes.Unexpected,
    };

    public static ApiException TooLarge(string reason) => new(413, ErrorTypes.TooLarge, reason);

    public static string MalformedJson(JsonException json) =>
        json.LineNumber is { } line ? $"malformed JSON at line {line + 1}, byte {json.BytePositionInLine + 1}" : "malformed JSON";

    private static ApiException From(InvalidConfigException invalid)
    {
        var causes = invalid.Problems.Select(problem => new ErrorCause(TypeOf(problem.Kind), $"[{problem.Path}] {problem.Message}")).ToList();
        if (causes.Count == 0) return ApiException.IllegalArgument(invalid.Message);
        var more = causes.Count == 1 ? "" : $" (and {causes.Count - 1} more, see root_cause)";
        return new ApiException(400, causes[0].Type, causes[0].Reason + more, invalid) { Causes = [.. causes] };
    }

    private static string TypeOf(ProblemKind kind) => kind switch
    {
        ProblemKind.Status => ErrorTypes.Status,
        ProblemKind.XContentParse => ErrorTypes.XContentParse,
        ProblemKind.AlreadyExists => ErrorTypes.AlreadyExists,
        _ => ErrorTypes.IllegalArgument,
    };
}
