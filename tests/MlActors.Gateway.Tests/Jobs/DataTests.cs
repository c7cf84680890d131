using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using MlActors.Analysis.Input;
using MlActors.Gateway.Tests.Serving;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Gateway.Tests.Jobs;

public sealed class DataTests : IAsyncLifetime
{
    private const string Data = "/_ml/anomaly_detectors/job-1/_data";
    private GatewayServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await GatewayServer.StartAsync(new GatewayOptions { MaxBodyBytes = 4096 });
        await _server.PutJobAsync("job-1", JobState.Opened);
        _server.Jobs.Asked.Clear();
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    private List<PostRecords> Pieces => [.. _server.Jobs.Asked.OfType<PostRecords>()];

    private static string Lines(int count, int from = 0) =>
        string.Concat(Enumerable.Range(from, count).Select(i => $$"""{"time":{{1_600_000_000_000 + i * 1000L}},"value":{{i}},"host":"h{{i % 3}}"}""" + "\n"));

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/x-ndjson")]
    [InlineData("application/vnd.elasticsearch+x-ndjson; compatible-with=9")]
    public async Task An_upload_is_answered_with_its_own_counts(string contentType)
    {
        await _server.PostAsync(Data, Lines(5));
        var answer = await _server.SendAsync("POST", Data, Lines(7, 5), contentType: contentType);
        answer.Status.ShouldBe(202, answer.Text);
        answer.Json.GetProperty("job_id").GetString().ShouldBe("job-1");
        answer.Json.GetProperty("processed_record_count").GetInt32().ShouldBe(7);
        answer.Json.GetProperty("input_bytes").GetInt64().ShouldBe(Lines(7, 5).Length);
        answer.Headers.ShouldNotContainKey("Warning");
    }

    [Theory]
    [InlineData(JobState.Closed, "closed")]
    [InlineData(JobState.Opening, "opening")]
    [InlineData(JobState.Closing, "closing")]
    [InlineData(JobState.Failed, "failed")]
    public async Task A_job_that_is_not_open_takes_no_data(JobState state, string name)
    {
        await _server.PutJobAsync("job-2", state);
        (await _server.PostAsync("/_ml/anomaly_detectors/job-2/_data", Lines(1))).ShouldBeError(409, "status_exception", name);
        Pieces.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_unknown_job_is_a_conflict_as_clients_know_it() =>
        (await _server.PostAsync("/_ml/anomaly_detectors/nope/_data", Lines(1))).ShouldBeError(409, "status_exception", "[nope]");

    [Fact]
    public async Task The_refusal_comes_before_the_body_is_read()
    {
        await _server.PutJobAsync("job-2");
        using var endless = new EndlessContent();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/_ml/anomaly_detectors/job-2/_data") { Content = endless };
        endless.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.ExpectContinue = true;
        using var response = await _server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task A_large_upload_comes_in_pieces_in_order_and_over_the_limit_of_other_bodies()
    {
        const int count = 5 * RecordBatch.MaxRecords;
        var answer = await _server.PostAsync(Data + "?batch_id=b-1", Lines(count));
        answer.Status.ShouldBe(202, answer.Text);
        Pieces.Count.ShouldBeGreaterThan(3);
        Pieces.Select(piece => piece.Piece).ShouldBe(Enumerable.Range(0, Pieces.Count));
        Pieces.Select(piece => piece.Last).ShouldBe([.. Enumerable.Repeat(false, Pieces.Count - 1), true]);
        Pieces.ShouldAllBe(piece => piece.BatchId == "b-1");
        Pieces.SelectMany(piece => piece.Batch.Times.Take(piece.Batch.Count)).ShouldBe(Enumerable.Range(0, count).Select(i => 1_600_000_000L + i));
    }

    [Fact]
    public async Task Without_a_batch_id_the_counts_of_all_pieces_are_added_up() =>
        (await _server.PostAsync(Data, Lines(3 * RecordBatch.MaxRecords))).Json.GetProperty("processed_record_count").GetInt32().ShouldBe(3 * RecordBatch.MaxRecords);

    [Fact]
    public async Task A_piece_is_sent_only_when_the_one_before_it_is_durable()
    {
        (await _server.PostAsync(Data, Lines(5 * RecordBatch.MaxRecords))).Status.ShouldBe(202);
        Pieces.Count.ShouldBeGreaterThan(3);
        _server.Jobs.MostPiecesUnderWay.ShouldBe(1);
    }

    [Fact]
    public async Task An_empty_upload_is_one_empty_last_piece_when_it_has_a_name_and_nothing_otherwise()
    {
        (await _server.PostAsync(Data, "")).Json.GetProperty("processed_record_count").GetInt32().ShouldBe(0);
        Pieces.ShouldBeEmpty();
        (await _server.PostAsync(Data + "?batch_id=empty", " \n")).Status.ShouldBe(202);
        Pieces.ShouldHaveSingleItem().Last.ShouldBeTrue();
    }

    [Fact]
    public async Task Too_much_damage_is_a_parse_error_that_says_what_was_accepted()
    {
        var answer = await _server.PostAsync(Data, Lines(3 * RecordBatch.MaxRecords) + string.Concat(Enumerable.Repeat("{broken\n", 200)));
        answer.ShouldBeError(400, "parse_exception", "malformed", "stay accepted");
        var accepted = Pieces.Sum(piece => piece.Batch.Count);
        accepted.ShouldBeGreaterThan(0);
        answer.Reason.ShouldContain($"{accepted} records");
    }

    [Fact]
    public async Task A_job_that_closes_meanwhile_refuses_the_rest()
    {
        _server.Jobs.Script = message => message is PostRecords { Piece: 2 } ? new Refused("job-1", RefusalKind.Conflict, "job [job-1] is closing") : null;
        (await _server.PostAsync(Data, Lines(5 * RecordBatch.MaxRecords))).ShouldBeError(409, "status_exception", "closing");
        Pieces.Max(piece => piece.Piece).ShouldBe(2);
    }

    [Fact]
    public async Task Compressed_uploads_are_read()
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(Encoding.UTF8.GetBytes(Lines(10)));
        using var request = new HttpRequestMessage(HttpMethod.Post, Data) { Content = new ByteArrayContent(zipped.ToArray()) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Content.Headers.ContentEncoding.Add("gzip");
        (await Answer.ReadAsync(await _server.Client.SendAsync(request))).Json.GetProperty("processed_record_count").GetInt32().ShouldBe(10);
    }

    [Theory]
    [InlineData("?reset_end=10", "illegal_argument_exception", "[reset_start]")]
    [InlineData("?reset_start=10&reset_end=10", "illegal_argument_exception", "[reset_end]")]
    [InlineData("?reset_start=someday", "parse_exception", "[someday]")]
    [InlineData("?batch_id=", "illegal_argument_exception", "batch_id")]
    public async Task Parameters_of_an_upload_that_make_no_sense_are_refused(string query, string type, string part) =>
        (await _server.PostAsync(Data + query, Lines(1))).ShouldBeError(400, type, part);

    [Fact]
    public async Task A_reset_goes_with_the_first_piece_only()
    {
        await _server.PostAsync(Data + "?reset_start=1500&reset_end=1600000000500", Lines(3 * RecordBatch.MaxRecords));
        Pieces[0].Reset.ShouldBe(new(1500, 1_600_000_001));
        Pieces.Skip(1).ShouldAllBe(piece => piece.Reset == null);
    }

    // A body that never ends: reading it whole would hang.
    private sealed class EndlessContent : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            var line = Encoding.UTF8.GetBytes(Lines(100));
            while (true) await stream.WriteAsync(line, cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
