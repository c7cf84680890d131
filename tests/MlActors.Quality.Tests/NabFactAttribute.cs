using MlActors.Quality.Nab;

namespace MlActors.Quality.Tests;

/// <summary>A fact that needs the benchmark's files; without them it is reported as skipped, under its name and with the way to get them.</summary>
internal sealed class NabFactAttribute : FactAttribute
{
    public NabFactAttribute()
    {
        if (NabData.Find() is null) Skip = $"SKIPPED, NOT PASSED: {NabData.Missing}.";
    }
}
