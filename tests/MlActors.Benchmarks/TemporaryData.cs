namespace MlActors.Benchmarks;

/// <summary>A data directory that goes with the measurement.</summary>
internal sealed class TemporaryData : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("mlactors-bench-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
