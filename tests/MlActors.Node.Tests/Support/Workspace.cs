namespace MlActors.Node.Tests.Support;

/// <summary>A folder of its own for one test, gone afterwards.</summary>
internal sealed class Workspace : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("mlactors-node-tests-").FullName;

    public Workspace() => File.WriteAllText(Config, Workload.ServerConfig);

    /// <summary>The data directory.</summary>
    public string Data => Path.Combine(_root, "data");

    /// <summary>The configuration file.</summary>
    public string Config => Path.Combine(_root, "mlactors.conf");

    public string this[string name] => Path.Combine(_root, name);

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
