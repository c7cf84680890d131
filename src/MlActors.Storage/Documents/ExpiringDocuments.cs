using MlActors.Documents.Store;
using MlActors.Jobs.Watching;

namespace MlActors.Storage.Documents;

/// <summary>The store's documents as the sweeper sees them.</summary>
/// <param name="defaultRetention">Of indices that name none; <c>null</c> keeps.</param>
public sealed class ExpiringDocuments(IDocumentStore store, TimeSpan? defaultRetention) : IExpiringDocuments
{
    /// <summary>Documents that are removed in one transaction: some ten milliseconds of the writer.</summary>
    private const int Piece = 2000;

    public async Task<bool> RemoveExpiredAsync(DateTimeOffset now) => await store.RemoveExpiredAsync(now, defaultRetention, Piece) >= Piece;
}
