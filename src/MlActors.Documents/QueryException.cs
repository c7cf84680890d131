namespace MlActors.Documents;

/// <summary>A search, query, sort or aggregation cannot be understood or is not supported; the message names the part and the fix.</summary>
public sealed class QueryException(string message, bool unknown = false) : Exception(message)
{
    /// <summary>Whether something is named that does not exist here, rather than used wrongly.</summary>
    public bool Unknown { get; } = unknown;
}
