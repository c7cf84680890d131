namespace MlActors.Storage.Security;

/// <param name="PasswordHash">As written by the gateway's password hasher; never a password.</param>
public sealed record StoredUser(string Name, string PasswordHash, IReadOnlyList<string> Roles, bool Enabled);

/// <param name="Id">Public part of the key.</param>
/// <param name="SecretHash">Hash of the secret part.</param>
/// <param name="Owner">The user who created it.</param>
/// <param name="Privileges">Cluster privileges it was limited to; <c>null</c> means those of its owner at creation.</param>
/// <param name="Indices">What it may do with indices of documents; <c>null</c>: nothing.</param>
/// <param name="ExpiresMs">Wall-clock epoch milliseconds; <c>null</c> never.</param>
public sealed record StoredApiKey(
    string Id, string Name, string SecretHash, string Owner, IReadOnlyList<string> Privileges, long CreatedMs, long? ExpiresMs, bool Invalidated,
    IReadOnlyList<IndexGrant>? Indices = null);

/// <summary>Privileges on indices.</summary>
/// <param name="Names">Names of indices; <c>*</c> stands for any characters.</param>
/// <param name="Privileges">Of <c>IndexPrivileges</c>.</param>
public sealed record IndexGrant(IReadOnlyList<string> Names, IReadOnlyList<string> Privileges);

/// <summary>Users and API keys. Only hashes are stored.</summary>
public interface ISecurityStore
{
    Task PutUserAsync(StoredUser user);
    Task<StoredUser?> FindUserAsync(string name);
    Task<IReadOnlyList<StoredUser>> ListUsersAsync();
    Task<bool> DeleteUserAsync(string name);
    Task PutApiKeyAsync(StoredApiKey key);
    Task<StoredApiKey?> FindApiKeyAsync(string id);
    Task<IReadOnlyList<StoredApiKey>> ListApiKeysAsync();
}
