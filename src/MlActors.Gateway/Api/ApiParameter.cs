namespace MlActors.Gateway.Api;

/// <summary>Where a parameter may stand.</summary>
[Flags]
public enum ParameterPlace { Query = 1, Body = 2, Both = Query | Body }

/// <summary>A named parameter of an endpoint, declared once: it is parsed, refused, defaulted and documented from this.</summary>
/// <param name="Name">As written in the query or as a field of the body.</param>
/// <param name="Doc">One sentence for the documentation.</param>
public abstract record ApiParameter(string Name, ParameterPlace Place, string Doc)
{
    /// <summary>The type as the documentation calls it.</summary>
    public abstract string TypeName { get; }

    /// <summary>The default as the documentation shows it; empty when there is none.</summary>
    public required string DefaultText { get; init; }

    /// <summary>Whether this parameter is our own, beyond the API that we speak.</summary>
    public bool Extension { get; init; }

    /// <summary>Whether the body's field is an object and so cannot be read from text.</summary>
    internal virtual bool IsObject => false;

    /// <summary>Reads the value.</summary>
    /// <param name="source">For the error text: <c>query</c> or <c>body</c>.</param>
    /// <exception cref="Errors.ApiException">400 that names the parameter, the value and the fix.</exception>
    internal abstract object Parse(string text, string source, DateTimeOffset now);
}

/// <summary>A parameter with a type of value.</summary>
public sealed record Parameter<T>(string Name, ParameterKind<T> Kind, T Default, ParameterPlace Place, string Doc) : ApiParameter(Name, Place, Doc)
{
    public override string TypeName => Kind.Name;

    /// <summary>Refuses values that are of the type but out of bounds: the answer names the value and what would be right, or is <c>null</c>.</summary>
    public Func<T, string?>? Rule { get; init; }

    internal override bool IsObject => typeof(T) == typeof(Page);

    internal override object Parse(string text, string source, DateTimeOffset now)
    {
        var problem = Kind.Read(text, now, out var value) ?? Rule?.Invoke(value);
        return problem is null ? value! : throw new Errors.ApiException(400, Kind.ErrorType, $"[{Name}] in the {source}: {problem}");
    }
}
