using MlActors.Storage.Sql;

namespace MlActors.Storage.Sqlite;

internal sealed class SqliteDialect : SqlDialect
{
    public override string OrderByField(string column, string path, bool descending) =>
        $"json_extract({column}, '$.{path}') IS NULL, json_extract({column}, '$.{path}'){(descending ? " DESC" : "")}";
}
