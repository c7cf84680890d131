namespace MlActors.Datafeeds.Connections;

/// <summary>A connection whose options were checked. Each type has its own, with what its sources need.</summary>
/// <param name="address">Where it leads, without user and password.</param>
internal abstract class Connection(string name, string type, string address)
{
    public string Name { get; } = name;

    public string Type { get; } = type;

    public string Address { get; } = address;

    /// <summary>How long the other side may take for a page of records before that counts as a failure.</summary>
    public TimeSpan QueryTimeout { get; init; } = TimeSpan.FromMinutes(5);
}

/// <summary>A password, token or key. Never part of a text by accident.</summary>
public readonly struct Secret(string value)
{
    private readonly string _value = value;

    public bool IsEmpty => string.IsNullOrEmpty(_value);

    /// <summary>Only to be handed to what authenticates with it.</summary>
    public string Reveal() => _value ?? "";

    public override string ToString() => IsEmpty ? "" : "********";
}
