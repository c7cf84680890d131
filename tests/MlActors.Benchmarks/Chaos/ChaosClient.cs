using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using MlActors.Benchmarks.Clusters;
using MlActors.Node.Tests.Support;

namespace MlActors.Benchmarks.Chaos;

/// <summary>Nothing answered for so long that the run gives up waiting.</summary>
internal sealed class NoAnswerException(string message) : Exception(message);

/// <summary>A client as the documentation asks for: any node will do, and what was answered with 503 or not at all is asked again elsewhere.</summary>
internal sealed class ChaosClient(IReadOnlyList<MlClient> gateways, Random random, RunReport report)
{
    private static readonly TimeSpan BeforeRepeat = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>When a request was last given up that may still be carried out, 0 if never.</summary>
    public long LastGivenUp { get; private set; }

    /// <summary>Sends a request until something is said to it.</summary>
    /// <param name="tryFor">How long one node is waited for. What was sent to it may still be carried out later, as when it was frozen.</param>
    /// <returns>The answer, and whether an earlier try may have had an effect.</returns>
    /// <exception cref="NoAnswerException"/>
    public async Task<(Answer Answer, bool Repeated)> SendAsync(HttpMethod method, string path, string? body = null, TimeSpan? tryFor = null)
    {
        var (start, last) = (TimeProvider.System.GetTimestamp(), "");
        for (var repeated = false; TimeProvider.System.GetElapsedTime(start) < Patience; repeated = true)
        {
            report.Count("requests");
            try
            {
                var answer = await gateways[random.Next(gateways.Count)].SendAsync(method, path, body).WaitAsync(tryFor ?? Timeout.InfiniteTimeSpan);
                if ((int)answer.Status >= 500 && answer.Status != HttpStatusCode.ServiceUnavailable)
                    report.Violation($"{method} {path}: {(int)answer.Status} {answer.Body.ToJsonString()}");
                else if (answer.Status != HttpStatusCode.ServiceUnavailable)
                    return (answer, repeated);
                report.Count("  answered with 503");
                last = answer.Body.ToJsonString();
            }
            catch (Exception cause) when (cause is HttpRequestException or IOException or SocketException or TimeoutException or OperationCanceledException or JsonException)
            {
                if (cause is TimeoutException) LastGivenUp = TimeProvider.System.GetTimestamp();
                report.Count("  not answered");
                last = cause.Message;
            }
            await Task.Delay(BeforeRepeat);
        }
        throw new NoAnswerException($"{method} {path}: no answer for {Patience}, the last: {last}");
    }

    /// <summary>Sends a request that succeeds, or whose refusal says that an earlier try has succeeded.</summary>
    /// <param name="done">The status of such a refusal.</param>
    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public async Task<Answer> ExpectAsync(HttpMethod method, string path, string? body = null, HttpStatusCode? done = null)
    {
        var (answer, repeated) = await SendAsync(method, path, body);
        if ((int)answer.Status < 300 || (repeated && answer.Status == done)) return answer;
        throw new InvalidOperationException($"{method} {path}: {(int)answer.Status} {answer.Body.ToJsonString()}");
    }

    public async Task<string> StateAsync(string job) => (string)(await ExpectAsync(HttpMethod.Get, $"/_ml/anomaly_detectors/{job}/_stats")).Body["jobs"]![0]!["state"]!;

    /// <summary>What a job tells of itself: when it was asked what by whom.</summary>
    public async Task<string> LastMessagesAsync(string job)
    {
        var answer = await ExpectAsync(HttpMethod.Get, $"/_ml/anomaly_detectors/{job}/_messages?size=1000");
        return string.Join("; ", answer.Body["messages"]!.AsArray()
            .Select(message => (Time: (long)message!["timestamp"]!, Text: (string?)message["message"]))
            .OrderBy(message => message.Time).TakeLast(10)
            .Select(message => Text.Of($"{DateTimeOffset.FromUnixTimeMilliseconds(message.Time):HH:mm:ss.fff} {message.Text}")));
    }
}
