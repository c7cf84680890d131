using System.Collections.Immutable;
using MlActors.Datafeeds.Connections;
using MlActors.Datafeeds.Sql.Databases;

namespace MlActors.Datafeeds.Sql;

/// <summary>The types of connections to databases.</summary>
internal static class SqlConnections
{
    public static ImmutableArray<ConnectionType> Types { get; } =
    [
        ServerOptions.TypeOf("postgresql", "A PostgreSQL server, or one that speaks its protocol.", 5432),
        ServerOptions.TypeOf("mysql", "A MySQL server.", 3306),
        ServerOptions.TypeOf("mariadb", "A MariaDB server.", 3306),
        SqliteFile.ConnectionType,
    ];
}
