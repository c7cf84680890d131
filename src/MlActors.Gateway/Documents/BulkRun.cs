using System.Buffers;
using MlActors.Documents.Store;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Ingest;
using MlActors.Gateway.Security;
using MlActors.Jobs.Storage;

namespace MlActors.Gateway.Documents;

/// <summary>
/// One bulk request on its way into the store: lines are read while they come in, gathered into batches and written, one batch under way while the next
/// is read. Memory is bounded by two batches and the results of the items.
/// </summary>
internal sealed class BulkRun(ApiCall call)
{
    /// <summary>Longest document in bytes.</summary>
    public const int LongestLine = 16 << 20;

    private const int BatchBytes = 512 << 10;
    private const int BatchItems = 2000;

    private readonly Dictionary<string, IngestTarget> _targets = new(StringComparer.Ordinal);
    private readonly List<ItemResult> _results = [];
    private Dictionary<IngestTarget, List<(int Item, DocumentWrite Write)>> _batch = [];
    private int _batchBytes;
    private int _batchItems;
    private Task<List<(int Item, ItemResult Result)>>? _underWay;
    private int _durable;

    /// <summary>In the order of the request.</summary>
    public IReadOnlyList<ItemResult> Results => _results;

    /// <exception cref="ApiException">The body cannot be read on; what was written before stays, and the error says how much that was.</exception>
    public async Task RunAsync()
    {
        await using var body = BodyDecoder.Open(call.Http.Request.BodyReader, call.Http.Request.Headers.ContentEncoding.ToString());
        using var lines = new LineReader(body.Reader, LongestLine, call.Services.Options.MaxBodyBytes);
        try
        {
            while (await lines.ReadAsync(call.Aborted) is { } line)
            {
                if (IsBlank(line)) continue;
                var action = BulkAction.Read(line.IsSingleSegment ? line.FirstSpan : line.ToArray(), lines.Number);
                if (!action.HasSource)
                {
                    await AddAsync(action, null);
                    continue;
                }
                var source = await lines.ReadAsync(call.Aborted)
                    ?? throw ApiException.IllegalArgument($"the action in line [{lines.Number}] has no document behind it: the body ends there");
                await AddAsync(action, Trimmed(source));
            }
            if (_results.Count == 0) throw new ApiException(400, ErrorTypes.RequestValidation, "no requests added: the body has no action");
            await FlushAsync();
            await SettleAsync();
        }
        catch (Exception e) when (e is ApiException or UnreadableInputException)
        {
            await SettleAsync();
            if (_durable == 0) throw;
            var error = ErrorMapping.From(e)!;
            throw new ApiException(error.Status, error.Type, FormattableString.Invariant($"{error.Message}; the {_durable} items before it were carried out and stay so"), e);
        }
    }

    private async ValueTask AddAsync(BulkAction action, byte[]? source)
    {
        var name = action.Index ?? call.Path("index");
        var item = _results.Count;
        if (name is null)
        {
            Refuse(action, "", new ItemError(400, ErrorTypes.RequestValidation, "the action names no [_index], and the path has none"));
            return;
        }
        if (action.Problem is { } problem)
        {
            Refuse(action, name, new ItemError(400, ErrorTypes.IllegalArgument, problem));
            return;
        }
        if (action is { Kind: WriteKind.Delete, Id: null })
        {
            Refuse(action, name, new ItemError(400, ErrorTypes.RequestValidation, "[delete] needs an [_id]"));
            return;
        }
        if (!_targets.TryGetValue(name, out var target)) _targets.Add(name, target = new IngestTarget(call, name));
        // Adding without an id needs no more than the right to create.
        var kind = action is { Kind: WriteKind.Index, Id: null } ? WriteKind.Create : action.Kind;
        var timeMs = 0L;
        var error = await target.PrepareAsync(kind, source) ?? (source is null ? null : target.Inspect(source, out timeMs));
        if (error is not null)
        {
            Refuse(action, name, error);
            return;
        }
        _results.Add(default);
        if (!_batch.TryGetValue(target, out var writes)) _batch.Add(target, writes = []);
        writes.Add((item, new DocumentWrite(action.Kind, action.Id, timeMs, source)));
        (_batchBytes, _batchItems) = (_batchBytes + (source?.Length ?? 0), _batchItems + 1);
        if (_batchBytes >= BatchBytes || _batchItems >= BatchItems) await FlushAsync();
    }

    private void Refuse(BulkAction action, string index, ItemError error) => _results.Add(new ItemResult(action.Kind, index, action.Id, null, error));

    private async Task FlushAsync()
    {
        await SettleAsync();
        var batch = _batch;
        (_batch, _batchBytes, _batchItems) = ([], 0, 0);
        _underWay = WriteAsync(batch);
    }

    // Results are put in place here and not by the write itself: meanwhile the list grows.
    private async Task SettleAsync()
    {
        if (_underWay is not { } write) return;
        _underWay = null;
        foreach (var (item, result) in await write)
        {
            _results[item] = result;
            if (!result.IsError) _durable++;
        }
    }

    private async Task<List<(int Item, ItemResult Result)>> WriteAsync(Dictionary<IngestTarget, List<(int Item, DocumentWrite Write)>> batch)
    {
        // All are handed in before the first is waited for, so that they share a commit.
        var handedIn = batch.Select(pair => (Target: pair.Key, Items: pair.Value,
            Written: call.Services.Documents.WriteAsync(pair.Key.Index!.Number, [.. pair.Value.Select(item => item.Write)]))).ToList();
        var results = new List<(int, ItemResult)>();
        foreach (var (target, items, written) in handedIn)
        {
            var (outcomes, failure) = await OutcomesAsync(target, written);
            for (var i = 0; i < items.Count; i++)
            {
                var (item, write) = items[i];
                results.Add((item, failure is not null
                    ? new ItemResult(write.Kind, target.Name, write.Id, null, failure)
                    : ItemResult.Of(write.Kind, target.Name, outcomes![i])));
            }
        }
        return results;
    }

    private static async Task<(IReadOnlyList<WriteOutcome>? Outcomes, ItemError? Failure)> OutcomesAsync(
        IngestTarget target, Task<IReadOnlyList<WriteOutcome>?> written)
    {
        try
        {
            return await written is { } outcomes
                ? (outcomes, null)
                : (null, new ItemError(404, ErrorTypes.IndexNotFound, $"no such index [{target.Name}]: it was just deleted"));
        }
        catch (StoreException e)
        {
            // Nothing of it happened. A shipper sends again what it finds refused in this way.
            return (null, e.Failure == StoreFailure.Unavailable
                ? new ItemError(429, ErrorTypes.Rejected, e.Message)
                : new ItemError(500, ErrorTypes.Unexpected, e.Message));
        }
    }

    private static bool IsBlank(in ReadOnlySequence<byte> line)
    {
        foreach (var segment in line)
            if (!segment.Span.Trim(" \t\r"u8).IsEmpty) return false;
        return true;
    }

    private static byte[] Trimmed(in ReadOnlySequence<byte> line)
    {
        if (line.IsSingleSegment) return line.FirstSpan.TrimEnd(" \t\r"u8).ToArray();
        var bytes = line.ToArray();
        return bytes.AsSpan().TrimEnd(" \t\r"u8) is { Length: var length } && length < bytes.Length ? bytes[..length] : bytes;
    }
}
