using System.Collections.Immutable;

namespace MlActors.Datafeeds.Connections;

/// <summary>What an option of a connection holds.</summary>
internal enum OptionForm
{
    Text,

    /// <summary>A whole number above 0.</summary>
    Count,

    /// <summary>A time such as <c>30s</c>, <c>5m</c> or <c>3h</c>.</summary>
    Time,

    /// <summary>One of <see cref="ConnectionOption.Choices"/>.</summary>
    Choice,

    /// <summary>A text that is shown to nobody.</summary>
    Secret,

    /// <summary>The path of a file that must be there.</summary>
    File,

    /// <summary>The path of a folder that must be there.</summary>
    Folder,

    /// <summary>An address with <c>http://</c> or <c>https://</c>, without user and password.</summary>
    Url,
}

/// <summary>An option of a type of connections, described once: drives reading, the refusal of unknown options, and the documentation.</summary>
/// <param name="Default">What holds when it is left out; empty for nothing.</param>
/// <param name="Description">What it is for.</param>
internal sealed record ConnectionOption(string Name, OptionForm Form, string Default, string Description)
{
    /// <summary>That of all types whose other side may be slow.</summary>
    public static ConnectionOption QueryTimeout { get; } =
        new("query-timeout", OptionForm.Time, "5m", "How long the other side may take for the first records, and for each page of them.");

    public bool Required { get; init; }

    public ImmutableArray<string> Choices { get; init; } = [];
}

/// <summary>A type of connections.</summary>
/// <param name="Read">Makes the connection of options that were found right one by one.</param>
internal sealed record ConnectionType(string Name, string Description, ImmutableArray<ConnectionOption> Options, Func<OptionReader, Connection> Read);
