using System.Collections.Frozen;
using System.Diagnostics;
using System.Globalization;

namespace MlActors.Jobs;

/// <summary>A fault that was asked for by <see cref="FaultPoints"/>.</summary>
public sealed class InjectedFaultException(string point) : Exception($"injected fault at [{point}]");

/// <summary>
/// Named places where a test can make a real process die or fail: the crash matrix is driven by these. Off, and a single field read, unless the
/// environment variable <c>MLACTORS_FAULTS</c> is set: a list of <c>point[:hit]=kill|throw</c> or <c>point@tag=kill|throw</c>, separated by
/// commas. <c>hit</c> counts from 1; a tag is what the place passes along, such as <c>job/seq</c>. Kill is SIGKILL: nothing is cleaned up.
/// </summary>
public static class FaultPoints
{
    private sealed class Fault(string key, long hit, bool kill)
    {
        private long _hits;

        public string Key { get; } = key;

        public void Reach()
        {
            // A fault with a hit count strikes once; one with a tag strikes each time, as a poison record does.
            if (hit > 0 && Interlocked.Increment(ref _hits) != hit) return;
            if (!kill) throw new InjectedFaultException(Key);
            Process.GetCurrentProcess().Kill();
            Thread.Sleep(Timeout.Infinite);
        }
    }

    private static readonly FrozenDictionary<string, Fault>? Faults = Parse(Environment.GetEnvironmentVariable("MLACTORS_FAULTS"));

    /// <summary>Marks a place that a test may strike.</summary>
    public static void Hit(string point)
    {
        if (Faults is not null && Faults.TryGetValue(point, out var fault)) fault.Reach();
    }

    /// <summary>Marks a place that a test may strike for one tag only.</summary>
    public static void Hit(string point, string jobId, long seq)
    {
        if (Faults is null) return;
        Hit(point);
        Hit(string.Create(CultureInfo.InvariantCulture, $"{point}@{jobId}/{seq}"));
    }

    private static FrozenDictionary<string, Fault>? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        return text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Read).ToFrozenDictionary(f => f.Key, StringComparer.Ordinal);

        static Fault Read(string entry)
        {
            var parts = entry.Split('=');
            if (parts is not [var place, "kill" or "throw"]) throw new FormatException($"MLACTORS_FAULTS: [{entry}] is not point[:hit]=kill|throw");
            if (place.Contains('@', StringComparison.Ordinal)) return new Fault(place, 0, parts[1] == "kill");
            var colon = place.IndexOf(':', StringComparison.Ordinal);
            return colon < 0
                ? new Fault(place, 1, parts[1] == "kill")
                : new Fault(place[..colon], long.Parse(place[(colon + 1)..], CultureInfo.InvariantCulture), parts[1] == "kill");
        }
    }
}
