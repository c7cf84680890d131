namespace MlActors.Storage.Sqlite;

/// <summary>What another database says differently.</summary>
internal static class SqliteDialect
{
    /// <summary>The value of a field of a stored document; null where it is missing.</summary>
    public static string JsonField(string column, string path) => $"json_extract({column}, '$.{path}')";
}
