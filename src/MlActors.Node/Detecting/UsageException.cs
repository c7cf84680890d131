namespace MlActors.Node.Detecting;

/// <summary>The options make no sense, alone or for this input; the message says which and what would be right.</summary>
internal sealed class UsageException(string message) : Exception(message);
