namespace MlActors.Cluster.Tests.Support;

/// <summary>Lets a process see another time of day; time that passes is as long as ever.</summary>
internal static class WrongClock
{
    /// <summary>The library that does it; <c>null</c> when it is not installed.</summary>
    public static string? Library { get; } = Directory.Exists("/usr/lib")
        ? Directory.GetDirectories("/usr/lib", "*-linux-gnu").Select(folder => Path.Combine(folder, "faketime", "libfaketimeMT.so.1")).FirstOrDefault(File.Exists)
        : null;

    /// <summary>What goes before the command of such a process.</summary>
    /// <param name="off">As libfaketime takes it, e.g. <c>+1h</c>.</param>
    public static string[] Before(string off) =>
    [
        // The runtime waits by the clock that is right; corrected for the other one, its waits end at once.
        "env", "LD_PRELOAD=" + Library, "FAKETIME=" + off, "FAKETIME_DONT_FAKE_MONOTONIC=1", "FAKETIME_FORCE_MONOTONIC_FIX=0",
    ];
}

/// <summary>A test in which a process has a clock of its own; it is skipped, and says so, where that cannot be had.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class WrongClockTheoryAttribute : TheoryAttribute
{
    public WrongClockTheoryAttribute()
    {
        if (WrongClock.Library is null) Skip = "needs the Debian package libfaketime: run test.sh as root, or apt-get install libfaketime";
    }
}
