using System.Collections.Immutable;
using MlActors.Datafeeds.Connections;
using MlActors.Datafeeds.Sql.Databases;

namespace MlActors.Datafeeds.Sql;

/// <summary>The types of connections to databases.</summary>
internal static class SqlConnections
{
    public static ImmutableArray<ConnectionType> Types { get; } = [SqliteFile.ConnectionType];
}
