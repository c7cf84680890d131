using MlActors.Storage.Security;

namespace MlActors.Storage.Tests.Compliance;

public abstract class SecurityCompliance(StorageUnderTest subject) : ComplianceSuite(subject)
{
    [Fact]
    public async Task Users_are_put_found_listed_and_deleted()
    {
        await Storage.Security.PutUserAsync(new StoredUser("zoe", "hash-1", ["admin"], true));
        await Storage.Security.PutUserAsync(new StoredUser("adam", "hash-2", [], false));
        var zoe = await Storage.Security.FindUserAsync("zoe");
        (zoe!.Name, zoe.PasswordHash, zoe.Enabled).ShouldBe(("zoe", "hash-1", true));
        zoe.Roles.ShouldBe(["admin"]);
        (await Storage.Security.ListUsersAsync()).Select(user => (user.Name, user.Enabled)).ShouldBe([("adam", false), ("zoe", true)]);

        await Storage.Security.PutUserAsync(new StoredUser("zoe", "hash-3", ["a", "b"], true));
        (await Storage.Security.FindUserAsync("zoe"))!.Roles.ShouldBe(["a", "b"]);
        (await Storage.Security.DeleteUserAsync("zoe")).ShouldBeTrue();
        (await Storage.Security.DeleteUserAsync("zoe")).ShouldBeFalse();
        (await Storage.Security.FindUserAsync("zoe")).ShouldBeNull();
        (await Storage.Security.ListUsersAsync()).Single().Name.ShouldBe("adam");
    }

    [Fact]
    public async Task Api_keys_are_put_found_listed_and_changed()
    {
        var key = new StoredApiKey("k1", "shipper", "hash", "zoe", ["monitor_ml"], 100, 200, false);
        await Storage.Security.PutApiKeyAsync(key);
        await Storage.Security.PutApiKeyAsync(key with { Id = "k0", Privileges = null!, ExpiresMs = null });
        var found = await Storage.Security.FindApiKeyAsync("k1");
        (found! with { Privileges = key.Privileges }).ShouldBe(key);
        found.Privileges.ShouldBe(["monitor_ml"]);
        var unlimited = await Storage.Security.FindApiKeyAsync("k0");
        unlimited!.Privileges.ShouldBeNull("null stands for the privileges of the owner");
        unlimited.ExpiresMs.ShouldBeNull();
        await Storage.Security.PutApiKeyAsync(key with { Invalidated = true });
        (await Storage.Security.ListApiKeysAsync()).Select(stored => (stored.Id, stored.Invalidated)).ShouldBe([("k0", false), ("k1", true)]);
        (await Storage.Security.FindApiKeyAsync("none")).ShouldBeNull();
    }
}
