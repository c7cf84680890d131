namespace MlActors.Gateway.Api;

/// <summary>What an endpoint does with the body of a request.</summary>
public enum BodyKind
{
    /// <summary>A body is refused.</summary>
    None,

    /// <summary>An optional JSON object with parameters.</summary>
    Arguments,

    /// <summary>A required JSON document that the handler reads.</summary>
    Json,

    /// <summary>A JSON document that the handler reads, or none.</summary>
    OptionalJson,

    /// <summary>A stream of records that the handler reads while it comes in; no limit of size.</summary>
    Stream,
}

/// <summary>Where an endpoint comes from.</summary>
public enum EndpointOrigin
{
    /// <summary>Of the public API that we speak.</summary>
    Api,

    /// <summary>Our own.</summary>
    Extension,

    /// <summary>Of the public API, known by name and refused: this version does not have it.</summary>
    NotYet,
}

/// <summary>
/// One endpoint, declared once. This drives the routing, the refusal of what it does not know, the check of privileges and the documentation.
/// </summary>
/// <param name="Name">As the API's specification calls it, e.g. <c>ml.close_job</c>.</param>
/// <param name="Methods">HTTP methods.</param>
/// <param name="Paths">Templates; <c>{job_id}</c> stands for one segment.</param>
/// <param name="Privilege">The cluster privilege needed, of <see cref="Security.Privileges"/>; <c>null</c>: any authenticated user.</param>
/// <param name="Action">How a refusal calls what was not allowed.</param>
/// <param name="Summary">One sentence for the documentation.</param>
public sealed record ApiEndpoint(
    string Name,
    IReadOnlyList<string> Methods,
    IReadOnlyList<string> Paths,
    string? Privilege,
    string Action,
    string Summary,
    Func<ApiCall, Task<ApiResult>> Handler)
{
    public IReadOnlyList<ApiParameter> Parameters { get; init; } = [];

    /// <summary>Needed instead of a cluster privilege, on each index that the request is about; of <see cref="Security.IndexPrivileges"/>.</summary>
    public string? IndexPrivilege { get; init; }

    public BodyKind Body { get; init; }

    /// <summary>What a <see cref="BodyKind.Json"/> body is, for the documentation.</summary>
    public string BodyDoc { get; init; } = "";

    public EndpointOrigin Origin { get; init; }

    /// <summary>Whether it answers in plain text by default, as a table.</summary>
    public bool IsText { get; init; }

    internal IEnumerable<ApiParameter> In(ParameterPlace place) => Parameters.Where(parameter => parameter.Place.HasFlag(place));

    /// <summary>The names that the query may have, common ones included.</summary>
    public IEnumerable<string> QueryNames => In(ParameterPlace.Query).Concat(Api.Parameters.Common).Select(parameter => parameter.Name);

    /// <summary>The fields that a body of arguments may have.</summary>
    public IEnumerable<string> BodyNames => In(ParameterPlace.Body).Select(parameter => parameter.Name);
}
