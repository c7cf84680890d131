using System.Data.Common;
using MlActors.Storage.Documents;
using MlActors.Storage.Security;
using MlActors.Storage.Sql.Reads;
using MlActors.Storage.Sql.Writes;

namespace MlActors.Storage.Sql;

internal sealed class SqlSecurity(WriteLanes writers, ReadPool readers) : ISecurityStore
{
    private const string Users = "SELECT name, password_hash, roles, enabled FROM security_user";
    private const string ApiKeys = "SELECT id, name, secret_hash, owner, privileges, created_ms, expires_ms, invalidated, index_grants FROM api_key";

    public Task PutUserAsync(StoredUser user) => writers.WriteAsync([new UserWrite(user)]);

    public Task<StoredUser?> FindUserAsync(string name) => readers.RunAsync(session => session.First(Users + " WHERE name = @0", User, name));

    public Task<IReadOnlyList<StoredUser>> ListUsersAsync() =>
        readers.RunAsync<IReadOnlyList<StoredUser>>(session => session.List(Users + " ORDER BY name", User));

    public async Task<bool> DeleteUserAsync(string name)
    {
        var delete = new UserDelete(name);
        await writers.WriteAsync([delete]);
        return delete.Deleted;
    }

    public Task PutApiKeyAsync(StoredApiKey key) => writers.WriteAsync([new ApiKeyWrite(key)]);

    public Task<StoredApiKey?> FindApiKeyAsync(string id) => readers.RunAsync(session => session.First(ApiKeys + " WHERE id = @0", ApiKey, id));

    public Task<IReadOnlyList<StoredApiKey>> ListApiKeysAsync() =>
        readers.RunAsync<IReadOnlyList<StoredApiKey>>(session => session.List(ApiKeys + " ORDER BY id", ApiKey));

    private static StoredUser User(DbDataReader row) =>
        new(row.GetString(0), row.GetString(1), StoredJson.Names(row.GetFieldValue<byte[]>(2)), row.GetInt64(3) != 0);

    private static StoredApiKey ApiKey(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.IsDBNull(4) ? null! : StoredJson.Names(row.GetFieldValue<byte[]>(4)),
        row.GetInt64(5), row.IsDBNull(6) ? null : row.GetInt64(6), row.GetInt64(7) != 0,
        row.IsDBNull(8) ? null : StoredJson.Grants(row.GetFieldValue<byte[]>(8)));
}
