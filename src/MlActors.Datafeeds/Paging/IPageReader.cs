using MlActors.Datafeeds.Connections;
using MlActors.Jobs.Configuration.Values;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Paging;

/// <summary>One reading of a range, page by page.</summary>
internal interface IPageReader : IAsyncDisposable
{
    /// <summary>The next page; <c>null</c> at the end of the range.</summary>
    Task<SourcePage?> NextAsync(CancellationToken cancellation);

    /// <summary>What an exception of <see cref="NextAsync"/> means to the user; <c>null</c> when it is a defect of ours.</summary>
    SourceException? Explain(Exception cause);
}

/// <summary>Runs a page reader with the time limit of its connection, and turns its failures into those of the contract.</summary>
internal static class Pages
{
    public static async IAsyncEnumerable<SourcePage> ReadAsync(
        IPageReader reader, Connection connection, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        await using (reader)
        {
            while (await Deadline.KeepAsync(connection, reader.NextAsync, reader.Explain, cancellation) is { } page) yield return page;
        }
    }
}

/// <summary>Keeps the time limit of a connection.</summary>
internal static class Deadline
{
    /// <exception cref="SourceException">It failed, or took longer than the connection allows.</exception>
    public static async Task<T> KeepAsync<T>(Connection connection, Func<CancellationToken, Task<T>> work, Func<Exception, SourceException?> explain, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(connection.QueryTimeout);
        try
        {
            // Some drivers block, and who asks may have a thread that others wait for.
            return await Task.Run(() => work(limit.Token), CancellationToken.None);
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (Exception cause) when (limit.IsCancellationRequested)
        {
            throw new SourceException(
                $"connection [{connection.Name}] gave no answer within {TimeValue.Format(connection.QueryTimeout)}: make the query cheaper, or raise its [query-timeout]", inner: cause);
        }
        catch (Exception cause) when (cause is not SourceException)
        {
            if (explain(cause) is { } explained) throw explained;
            throw;
        }
    }
}
