namespace MlActors.Datafeeds.Connections;

/// <summary>A connection as the server's configuration has it.</summary>
/// <param name="Options">Everything below its name, by dotted key.</param>
public sealed record ConnectionConfig(string Name, IReadOnlyDictionary<string, string> Options)
{
    // A record would print its options.
    public override string ToString() => Name;
}
