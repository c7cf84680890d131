namespace MlActors.Storage.Postgres;

/// <summary>
/// How often a connection to the server was found silent, whatever it was for. Who has one from before takes a new one: it went the same way, and would be waited for
/// as long.
/// </summary>
internal sealed class Doubts
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Add() => Interlocked.Increment(ref _count);
}
