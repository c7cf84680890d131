using Akka.Actor.Setup;

namespace MlActors.Storage.Journal;

/// <summary>Hands the opened store to the journal plugin of an actor system.</summary>
public sealed class StorageSetup(IStorage storage) : Setup
{
    public IStorage Storage { get; } = storage;
}
