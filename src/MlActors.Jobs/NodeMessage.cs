namespace MlActors.Jobs;

/// <summary>A message to a node as such, and to none of its jobs.</summary>
public abstract record NodeMessage;

/// <summary>What a node says of itself.</summary>
public abstract record NodeReply(string NodeId);
