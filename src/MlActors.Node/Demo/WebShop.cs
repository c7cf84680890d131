namespace MlActors.Node.Demo;

/// <summary>One minute of one service in one country.</summary>
/// <param name="ResponseMs">Mean response time in milliseconds.</param>
public readonly record struct ShopMinute(long EpochSeconds, string Service, string Country, double ResponseMs, int Orders, int Errors);

/// <summary>Something that went wrong in the shop.</summary>
public sealed record Incident(string What, long From, long To);

/// <summary>A synthetic web shop: a week of metrics with a daily rhythm, noise, and three known incidents. The same in every run.</summary>
public sealed class WebShop
{
    /// <summary>Monday, 2 June 2025, 00:00 UTC.</summary>
    public const long Start = 1748822400;
    public const int Days = 7;

    private const long Minute = 60;
    private const long Hour = 3600;
    private const long Day = 24 * Hour;

    private static readonly string[] Services = ["catalog", "checkout", "payment"];
    private static readonly string[] Countries = ["de", "fr", "us"];
    private static readonly double[] UsualMs = [45, 120, 210];

    private ulong _noise = 20250602;

    private static readonly Incident SlowPayments = new("the payment database is slow", Start + (4 * Day) + (14 * Hour), Start + (4 * Day) + (14 * Hour) + (40 * Minute));
    private static readonly Incident NoOrders = new("no orders from Germany", Start + (5 * Day) + (10 * Hour), Start + (5 * Day) + (10 * Hour) + (30 * Minute));
    private static readonly Incident ErrorBurst = new("the catalog answers with errors", Start + (6 * Day) + (3 * Hour), Start + (6 * Day) + (3 * Hour) + (15 * Minute));

    public static IReadOnlyList<Incident> Incidents => [SlowPayments, NoOrders, ErrorBurst];

    /// <summary>All minutes in order of time.</summary>
    public IEnumerable<ShopMinute> Week()
    {
        for (var time = Start; time < Start + (Days * Day); time += Minute)
        {
            for (var service = 0; service < Services.Length; service++)
            {
                for (var country = 0; country < Countries.Length; country++)
                    yield return At(time, service, country);
            }
        }
    }

    private ShopMinute At(long time, int service, int country)
    {
        // People sleep at night: traffic between a fifth and the whole, the busiest at 15:00.
        var busy = 0.6 + (0.4 * Math.Cos(2 * Math.PI * ((time % Day) - (15 * Hour)) / Day));
        var responseMs = UsualMs[service] * (0.8 + (0.4 * busy)) * (1 + (0.08 * Gaussian()));
        var orders = service == 1 ? 30 * busy * (1 + (0.15 * Gaussian())) : 0;
        var errors = Uniform() < 0.05 * busy ? 1 : 0;
        if (Within(SlowPayments, time) && service == 2) responseMs *= 4 + Uniform();
        if (Within(NoOrders, time) && Countries[country] == "de") orders = 0;
        if (Within(ErrorBurst, time) && service == 0) errors = 20 + (int)(10 * Uniform());
        return new ShopMinute(time, Services[service], Countries[country], Math.Round(Math.Max(1, responseMs), 1), (int)Math.Max(0, orders), errors);
    }

    private static bool Within(Incident incident, long time) => time >= incident.From && time < incident.To;

    // SplitMix64: small, and the same on every machine.
    private double Uniform()
    {
        var z = _noise += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }

    // The sum of twelve uniforms is near enough to a normal deviate for a demonstration.
    private double Gaussian()
    {
        var sum = -6.0;
        for (var i = 0; i < 12; i++) sum += Uniform();
        return sum;
    }
}
