using MlActors.Storage.Documents;
using MlActors.Storage.Security;

namespace MlActors.Storage.Sql.Writes;

internal sealed class UserWrite(StoredUser user) : RowWrite
{
    public override int Bytes => 0;

    public override void Execute(WriteSession session) => session.Prepare(
        """
        INSERT INTO security_user (name, password_hash, roles, enabled) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (name) DO UPDATE SET password_hash = excluded.password_hash, roles = excluded.roles, enabled = excluded.enabled
        """)
        .Bind(1, user.Name).Bind(2, user.PasswordHash).BindText(3, StoredJson.Serialize(user.Roles)).Bind(4, user.Enabled).Do();
}

internal sealed class UserDelete(string name) : RowWrite
{
    public override int Bytes => 0;

    /// <summary>Whether there was such a user; known after the commit.</summary>
    public bool Deleted { get; private set; }

    public override void Execute(WriteSession session) =>
        Deleted = session.Prepare("DELETE FROM security_user WHERE name = ?1").Bind(1, name).Changed() > 0;
}

internal sealed class ApiKeyWrite(StoredApiKey key) : RowWrite
{
    public override int Bytes => 0;

    public override void Execute(WriteSession session)
    {
        var statement = session.Prepare(
            """
            INSERT INTO api_key (id, name, secret_hash, owner, privileges, created_ms, expires_ms, invalidated, index_grants)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            ON CONFLICT (id) DO UPDATE SET name = excluded.name, secret_hash = excluded.secret_hash, owner = excluded.owner,
                privileges = excluded.privileges, created_ms = excluded.created_ms, expires_ms = excluded.expires_ms, invalidated = excluded.invalidated,
                index_grants = excluded.index_grants
            """)
            .Bind(1, key.Id).Bind(2, key.Name).Bind(3, key.SecretHash).Bind(4, key.Owner)
            .Bind(6, key.CreatedMs).Bind(7, key.ExpiresMs).Bind(8, key.Invalidated);

        // Null means "those of the owner"; the type does not say so, its documentation does.
        _ = key.Privileges is null ? statement.Bind(5, (string?)null) : statement.BindText(5, StoredJson.Serialize(key.Privileges));
        _ = key.Indices is null ? statement.Bind(9, (string?)null) : statement.BindText(9, StoredJson.Serialize(key.Indices));
        statement.Do();
    }
}

/// <summary>Writes for the sake of having written: what a health check does.</summary>
internal sealed class ProbeWrite(long value) : RowWrite
{
    public override int Bytes => 0;

    public override void Execute(WriteSession session) =>
        session.Prepare(Greatest).Bind(1, value).Do();

    // Nodes that share a database share the row, and each reads what is at least its own number: another's smaller one must not be found instead.
    private const string Greatest = """
        INSERT INTO probe (id, value) VALUES (2, ?1)
        ON CONFLICT (id) DO UPDATE SET value = CASE WHEN excluded.value > probe.value THEN excluded.value ELSE probe.value END
        """;
}
