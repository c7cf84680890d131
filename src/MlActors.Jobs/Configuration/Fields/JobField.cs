using System.Collections.Immutable;

namespace MlActors.Jobs.Configuration.Fields;

/// <summary>What a field of a request holds.</summary>
public enum FieldType
{
    Text,
    Boolean,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>Any finite number.</summary>
    Number,

    /// <summary>An object with known fields.</summary>
    Object,

    /// <summary>A list of objects with known fields; a single object stands for a list of one.</summary>
    Objects,

    /// <summary>A list of strings; a single string stands for a list of one.</summary>
    Texts,

    /// <summary>A <see cref="Values.TimeValue"/> in a string.</summary>
    Duration,

    /// <summary>A <see cref="Values.ByteSize"/> in a string, or a number of MiB.</summary>
    Size,

    /// <summary>A <see cref="Values.DateValue"/> in a string or a number.</summary>
    Date,

    /// <summary>An object of the user's own, kept as it is.</summary>
    Custom,

    /// <summary>A string or an object.</summary>
    TextOrObject,

    /// <summary>A list whose items are strings or objects; one of them stands for a list of one.</summary>
    TextsOrObjects,
}

/// <summary>Whether a request may carry a field.</summary>
public enum FieldUse
{
    Accepted,

    /// <summary>Written by the server; may not be sent.</summary>
    Generated,

    /// <summary>Part of the API that this version cannot honour; refused rather than ignored, unless it asks for nothing.</summary>
    Unsupported,

    /// <summary>Set when the job is created and never changed.</summary>
    Fixed,
}

/// <summary>One field of a request, described once: drives reading, the refusal of unknown fields, and the documentation.</summary>
/// <param name="Path">Dotted; <c>[]</c> behind the name of a list: <c>analysis_config.detectors[].function</c>.</param>
/// <param name="Default">What holds when the field is left out, in words of the documentation; <c>null</c> when nothing does.</param>
/// <param name="Description">What it is for, its unit and limits.</param>
public sealed record JobField(string Path, FieldType Type, string? Default, string Description)
{
    public FieldUse Use { get; init; }

    /// <summary>For an unsupported field: what to do instead.</summary>
    public string? Advice { get; init; }

    /// <summary>The only values of a text, when it has a fixed set.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];
    public bool Required { get; init; }

    /// <summary>Whether <c>null</c> may be sent for "not given".</summary>
    public bool Nullable { get; init; }

    /// <summary>The last part of the path.</summary>
    public string Name => Path[(Path.LastIndexOf('.') + 1)..].Replace("[]", "", StringComparison.Ordinal);

    /// <summary>The object it belongs to: empty for the request itself.</summary>
    public string Section => Path.LastIndexOf('.') is var dot and >= 0 ? Path[..dot] : "";
}
