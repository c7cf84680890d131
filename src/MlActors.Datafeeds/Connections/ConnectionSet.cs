using System.Text.RegularExpressions;
using MlActors.Jobs.Configuration.Reading;

namespace MlActors.Datafeeds.Connections;

/// <summary>The connections of the server's configuration, checked.</summary>
public sealed partial class ConnectionSet
{
    private readonly SortedDictionary<string, Connection> _byName = new(StringComparer.Ordinal);

    private ConnectionSet()
    {
    }

    public static ConnectionSet Empty { get; } = new();

    /// <summary>In order.</summary>
    public IReadOnlyCollection<string> Names => _byName.Keys;

    /// <summary>In the order of their names.</summary>
    internal IReadOnlyCollection<Connection> All => _byName.Values;

    /// <summary>Checks the connections. What is wrong is added to <paramref name="problems"/>, each with its fix; what is right is in the set.</summary>
    public static ConnectionSet Read(IEnumerable<ConnectionConfig> configs, List<string> problems)
    {
        var set = new ConnectionSet();
        foreach (var config in configs)
        {
            var path = $"[mlactors.connections.{config.Name}]";
            var type = config.Options.GetValueOrDefault(OptionReader.Type, "");
            if (!Name().IsMatch(config.Name))
            {
                problems.Add($"{path} is no name for a connection; use lower-case letters, digits, - and _, at most 64");
            }
            else if (ConnectionTypes.All.FirstOrDefault(known => known.Name == type) is not { } table)
            {
                problems.Add($"[mlactors.connections.{config.Name}.{OptionReader.Type}] is [{ProblemList.Shown(type)}]; it must be one of " +
                    string.Join(", ", ConnectionTypes.All.Select(known => known.Name)));
            }
            else
            {
                var reader = new OptionReader(config, table, problems);
                if (!reader.IsRight) continue;
                var connection = table.Read(reader);
                if (reader.IsRight) set._byName.Add(config.Name, connection);
            }
        }
        return set;
    }

    internal Connection? Find(string name) => _byName.GetValueOrDefault(name);

    [GeneratedRegex("^[a-z0-9][a-z0-9_-]{0,63}$", RegexOptions.None, 1000)]
    private static partial Regex Name();
}
