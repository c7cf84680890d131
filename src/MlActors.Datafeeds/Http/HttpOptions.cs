using System.Collections.Immutable;
using MlActors.Datafeeds.Connections;

namespace MlActors.Datafeeds.Http;

/// <summary>The options of a connection over HTTP.</summary>
internal sealed class HttpOptions(string name, string type, Uri url) : Connection(name, type, url.ToString())
{
    /// <summary>Ends with a slash, so that paths are below it.</summary>
    public Uri Url => url;

    public string User { get; init; } = "";

    public Secret Password { get; init; }

    /// <summary>For <c>Authorization: Bearer</c>.</summary>
    public Secret Token { get; init; }

    /// <summary>For <c>Authorization: ApiKey</c>.</summary>
    public Secret ApiKey { get; init; }

    public string RootCertificate { get; init; } = "";

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    public static ConnectionType TypeOf(string name, string description, string example, bool hasApiKeys) => new(name, description,
    [
        new("url", OptionForm.Url, "", $"Its address, such as `{example}`.") { Required = true },
        new("user", OptionForm.Text, "", "For basic authentication."),
        new("password", OptionForm.Secret, "", "The password; or `password-file`, the path of a file with it."),
        .. hasApiKeys
            ? (ImmutableArray<ConnectionOption>)[new("api-key", OptionForm.Secret, "", "An API key in its encoded form, instead of user and password; or `api-key-file`.")]
            : [new("token", OptionForm.Secret, "", "A bearer token, instead of user and password; or `token-file`.")],
        new("root-certificate", OptionForm.File, "", "PEM file of the authority that signed the server's certificate; else those of the system."),
        new("connect-timeout", OptionForm.Time, "15s", "How long connecting may take."),
        ConnectionOption.QueryTimeout,
    ],
    read => Read(read, hasApiKeys ? "api-key" : "token"));

    private static HttpOptions Read(OptionReader read, string token)
    {
        if (read.Has(token) && (read.Has("user") || read.Has("password"))) read.Problem(token, "is given, and [user] or [password] too; keep one of the two");
        if (read.Has("password") && !read.Has("user")) read.Problem("user", "is required with a [password]");
        if (read.Has("root-certificate") && RootAuthority.Problem(read.Text("root-certificate")) is { } problem) read.Problem("root-certificate", problem);
        return new HttpOptions(read.Name, read.TypeName, new Uri(read.Text("url").TrimEnd('/') + "/"))
        {
            User = read.Text("user"),
            Password = read.Secret("password"),
            Token = read.Secret("token"),
            ApiKey = read.Secret("api-key"),
            RootCertificate = read.Text("root-certificate"),
            ConnectTimeout = read.Time("connect-timeout"),
            QueryTimeout = read.QueryTimeout,
        };
    }
}
