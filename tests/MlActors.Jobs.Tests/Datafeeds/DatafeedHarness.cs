using System.Text;
using Akka.Actor;
using MlActors.Analysis.Input;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Results;
using MlActors.Jobs.Tests.Running;

namespace MlActors.Jobs.Tests.Datafeeds;

/// <summary>Jobs with datafeeds that read <see cref="JobHarness.Source"/>.</summary>
public abstract class DatafeedHarness : JobHarness
{
    protected const long StartMs = Start * 1000;
    protected const long EndMs = StartMs + (120 * 60_000);

    protected void AddTwoHours() => Source.Add(Rows(Minutes("any", 0, 120).Batch));

    protected static IEnumerable<ScriptedSource.Row> Rows(RecordBatch batch) => Enumerable.Range(0, batch.Count)
        .Select(i => new ScriptedSource.Row(batch.Times[i] * 1000, batch.Columns[0].Numbers![i], batch.Columns[1].Dictionary![batch.Columns[1].Codes![i]]));

    protected DatafeedConfig Feed(string jobId, string more = "") =>
        DatafeedReader.ReadPut("feed-" + jobId, Encoding.UTF8.GetBytes($$"""{"job_id":"{{jobId}}","indices":["x"]{{more}}}"""), Config(jobId), Source);

    protected async Task<IActorRef> OpenWithFeedAsync(string jobId, string more = "")
    {
        var job = Incarnate(jobId);
        await AskAsync<Done>(job, new CreateJob(Config(jobId), Feed(jobId, more)));
        await AskAsync<JobOpenedReply>(job, new OpenJob(jobId));
        return job;
    }

    protected static Task<DatafeedStartedReply> StartAsync(IActorRef job, string id, long start = 0, long? end = EndMs) =>
        AskAsync<DatafeedStartedReply>(job, new StartDatafeed(id, "feed-" + id, start, end));

    protected Task ClosedAsync(string jobId) => AwaitConditionAsync(async () => await StoredStateAsync(jobId) == JobState.Closed, Patience, TimeSpan.FromMilliseconds(20));

    protected async Task<DatafeedStatus> StatusAsync(string jobId) => (await Storage.Jobs.ReadStatusAsync(jobId))!.Datafeed!;

    protected async Task<string> OnlyAnnotationAsync(string jobId)
    {
        var page = await Storage.Results.QueryAnnotationsAsync(new AnnotationQuery(jobId, null, null, 0, 10, "delayed_data"));
        return Encoding.UTF8.GetString(page.Documents.Single().Span);
    }

    /// <summary>What comes of the same records when they are posted; interim results are not compared, a datafeed asks for them and a poster need not.</summary>
    protected async Task<(string Results, byte[] State)> PostedAsync()
    {
        var job = await OpenNewAsync("posted");
        await AskAsync<PieceAccepted>(job, Minutes("posted", 0, 120));
        await AskAsync<JobClosedReply>(job, new CloseJob("posted"));
        return (await ResultsAsync("posted"), await ModelStateAsync("posted"));
    }

    protected async Task ShouldBeAsPostedAsync(string jobId)
    {
        var (results, state) = await PostedAsync();
        (await FinalResultsAsync(jobId)).ShouldBe(results);
        (await ModelStateAsync(jobId)).ShouldBe(state);
        (await Storage.Jobs.ReadStatusAsync(jobId))!.Counts.ProcessedRecords.ShouldBe(7200);
    }

    protected async Task<string> FinalResultsAsync(string jobId) =>
        string.Join('\n', (await ResultsAsync(jobId)).Split('\n').Where(line => !line.Contains("\"is_interim\":true", StringComparison.Ordinal)));
}
