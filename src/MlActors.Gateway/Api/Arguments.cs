namespace MlActors.Gateway.Api;

/// <summary>The values that a request gave its endpoint's parameters.</summary>
public sealed class Arguments
{
    private readonly Dictionary<string, object> _values = new(StringComparer.Ordinal);

    /// <summary>The value given, or the default.</summary>
    public T Get<T>(Parameter<T> parameter) => _values.TryGetValue(parameter.Name, out var value) ? (T)value : parameter.Default;

    public bool Has(ApiParameter parameter) => _values.ContainsKey(parameter.Name);

    internal bool TryAdd(string name, object value) => _values.TryAdd(name, value);
}
