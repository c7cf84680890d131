using System.Security.Cryptography;
using MlActors.Jobs;

namespace MlActors.Node.Serving;

/// <summary>The name of this node: the same after a restart on the same data.</summary>
internal static class NodeIdentityFile
{
    public static NodeIdentity LoadOrCreate(string dataDirectory, string name, string transport)
    {
        Directory.CreateDirectory(dataDirectory);
        var path = Path.Combine(dataDirectory, "node.id");
        var id = File.Exists(path) ? File.ReadAllText(path).Trim() : "";
        if (id.Length == 0)
        {
            id = NewId();
            File.WriteAllText(path, id);
        }
        return new NodeIdentity(id, name, NewId(), transport);
    }

    private static string NewId() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(15)).Replace('+', '-').Replace('/', '_');
}
