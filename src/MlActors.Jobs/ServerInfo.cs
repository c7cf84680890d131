namespace MlActors.Jobs;

/// <summary>What the server says of itself.</summary>
public static class ServerInfo
{
    /// <summary>The version of MlActors.</summary>
    public static string Version { get; } = typeof(ServerInfo).Assembly.GetName().Version!.ToString(3);

    /// <summary>The version of the REST API that is spoken; what clients compare with their own.</summary>
    public const string ApiVersion = "9.1.0";
}
