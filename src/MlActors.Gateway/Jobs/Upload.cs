using System.Globalization;
using MlActors.Analysis.Input;
using MlActors.Gateway.Api;
using MlActors.Gateway.Errors;
using MlActors.Ingest;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Gateway.Jobs;

/// <summary>One upload on its way to its job: one piece under way, one parsed and waiting to be known as the last or not, one being parsed.</summary>
internal sealed class Upload(ApiCall call, BatchSchema schema, ResetBucketsInput? reset, string? batchId)
{
    private readonly UploadTotals _totals = new(batchId is not null);
    private Task<PieceAccepted>? _underWay;
    private int _sent;

    /// <exception cref="ApiException">400 or 415: the body cannot be read on; 409: the job no longer takes data. What was accepted before stays so.</exception>
    public async Task<DataCounts> RunAsync(RecordReader reader)
    {
        await using var body = BodyDecoder.Open(call.Http.Request.BodyReader, call.Http.Request.Headers.ContentEncoding.ToString());
        try
        {
            RecordBatch? waiting = null;
            await foreach (var batch in reader.ReadAsync(body.Reader, call.Aborted))
            {
                if (waiting is not null) await SendAsync(waiting, last: false);
                waiting = batch;
            }
            // An upload with a name is remembered as whole even when it is empty; one without leaves no trace but its reset.
            if (waiting is null && (batchId is not null || reset is not null)) waiting = new RecordBatch(schema, 0, [], EmptyColumns(), default);
            if (waiting is not null) await SendAsync(waiting, last: true);
            await SettleAsync();
            return _totals.Counts;
        }
        catch (UnreadableInputException unreadable)
        {
            throw await DescribeAsync(unreadable);
        }
        catch
        {
            Forget();
            throw;
        }
    }

    private async Task SendAsync(RecordBatch batch, bool last)
    {
        await SettleAsync();
        var piece = new PostRecords(call.JobId, batch, batchId, _sent, last) { Reset = _sent == 0 ? reset : null };
        _sent++;
        _underWay = call.AskAsync<PieceAccepted>(piece, call.Services.Options.DataTimeout);
    }

    private async Task SettleAsync()
    {
        if (_underWay is not { } piece) return;
        _underWay = null;
        _totals.Add(await piece);
    }

    private async Task<ApiException> DescribeAsync(UnreadableInputException unreadable)
    {
        var refusal = "";
        try
        {
            await SettleAsync();
        }
        catch (ApiException refused)
        {
            refusal = $"; the last piece before it was refused: {refused.Message}";
        }
        return ApiException.Parse(string.Create(CultureInfo.InvariantCulture,
            $"{unreadable.Message}; {_totals.Counts.InputRecords} records before it were accepted and stay accepted{refusal}"), unreadable);
    }

    // The client is gone or something else failed: the piece under way is settled by its owner, its reply is nobody's any more.
    private void Forget()
    {
        _ = _underWay?.ContinueWith(
            static done => _ = done.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _underWay = null;
    }

    private Column[] EmptyColumns() => [.. schema.Fields.Select(field => field.Kind == FieldKind.Number ? Column.OfNumbers([]) : Column.OfText([], []))];
}
