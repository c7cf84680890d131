using System.Reflection;
using Akka.Actor;
using MlActors.Jobs.Forecasts;
using MlActors.Jobs.Storage;
using MlActors.Jobs.Tests.Running;
using MlActors.Jobs.Watching;

namespace MlActors.Jobs.Tests.Watching;

public class ForecastSweeperTests : JobHarness
{
    private static readonly SweepOptions Quick = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(1), AtOnce: 3);

    private static readonly long Today = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    // The large one takes more than one transaction.
    [Fact]
    public async Task What_is_expired_and_has_ended_is_removed_in_pieces_and_nothing_else()
    {
        for (var i = 0; i < 7; i++) await PutAsync($"expired-{i}", Today - 1, ForecastState.Finished, points: 100);
        await PutAsync("large", Today - 1, ForecastState.Failed, points: 4001);
        await PutAsync("running", Today - 1, ForecastState.Started, points: 1);
        await PutAsync("later", Today + 3_600_000, ForecastState.Finished, points: 1);
        await PutAsync("never", null, ForecastState.Finished, points: 1);
        Sys.ActorOf(Props.Create(typeof(ForecastSweeper), Storage.Jobs, TimeProvider.System, Quick));
        await AwaitConditionAsync(async () => (await Storage.Jobs.ListForecastsAsync(["j"])).Count == 3, Patience, TimeSpan.FromMilliseconds(10));
        (await Storage.Jobs.ListForecastsAsync(["j"])).Select(forecast => forecast.ForecastId).ShouldBe(["later", "never", "running"], ignoreOrder: true);
        (await Storage.Jobs.HasForecastPointsAsync("j", "large")).ShouldBeFalse();
        (await Storage.Jobs.HasForecastPointsAsync("j", "later")).ShouldBeTrue();
    }

    [Fact]
    public async Task What_expires_later_or_could_not_be_removed_is_removed_at_a_later_look()
    {
        var store = DispatchProxy.Create<IJobStore, ShakyStore>();
        ((ShakyStore)store).Inner = Storage.Jobs;
        await PutAsync("first", Today - 1, ForecastState.Finished, points: 1);
        Sys.ActorOf(Props.Create(typeof(ForecastSweeper), store, TimeProvider.System, Quick));
        await AwaitConditionAsync(async () => (await Storage.Jobs.ListForecastsAsync(["j"])).Count == 0, Patience, TimeSpan.FromMilliseconds(10));
        ((ShakyStore)store).Failures.ShouldBe(2);
        await PutAsync("second", Today - 1, ForecastState.Finished, points: 1);
        await AwaitConditionAsync(async () => (await Storage.Jobs.ListForecastsAsync(["j"])).Count == 0, Patience, TimeSpan.FromMilliseconds(10));
    }

    private async Task PutAsync(string id, long? expiresMs, ForecastState state, int points)
    {
        var forecast = new Forecast { JobId = "j", ForecastId = id, ExpiresMs = expiresMs, Records = points };
        await Storage.Jobs.WriteAsync([new PutForecast(forecast),
            new AdvanceForecast(forecast with { State = state, Run = 1 }, 0, [.. Enumerable.Range(0, points).Select(i => new ForecastRow(i, "{}"u8.ToArray()))])]);
    }

    /// <summary>A store whose first read and first write fail.</summary>
    public class ShakyStore : DispatchProxy
    {
        private readonly HashSet<string> _failed = [];

        public IJobStore Inner { get; set; } = null!;

        public int Failures => _failed.Count;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var first = targetMethod!.Name is nameof(IJobStore.ListExpiredForecastsAsync) or nameof(IJobStore.WriteAsync) && _failed.Add(targetMethod.Name);
            if (!first) return targetMethod.Invoke(Inner, args);
            var cause = new StoreException("it is locked");
            return targetMethod.ReturnType == typeof(Task) ? Task.FromException(cause) : Task.FromException<IReadOnlyList<Forecast>>(cause);
        }
    }
}
