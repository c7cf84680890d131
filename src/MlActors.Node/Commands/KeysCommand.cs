using System.CommandLine;
using System.Globalization;
using MlActors.Gateway.Security;
using MlActors.Jobs.Configuration.Values;
using MlActors.Storage.Security;

namespace MlActors.Node.Commands;

/// <summary><c>mlactors keys</c>: API keys. Works on the data of a stopped server; a running one has <c>_security/api_key</c>.</summary>
internal static class KeysCommand
{
    public static Command Create() => new("keys", "Manage API keys (the server must be stopped; a running one has _security/api_key)") { Add(), List(), Invalidate() };

    private static Command Add()
    {
        var name = new Argument<string>("name") { Description = "What the key is for" };
        var privileges = new Option<string[]>("--privilege") { Description = $"A cluster privilege: {string.Join(", ", Privileges.Names)}", Required = true };
        var expires = new Option<string?>("--expires-in") { Description = "How long it is valid, e.g. 90d (default: for ever)" };
        return CommonOptions.OnStorage(new Command("add", "Make a key and print it once") { name, privileges, expires }, async (arguments, storage, _) =>
        {
            foreach (var privilege in arguments.GetValue(privileges)!.Where(p => !Privileges.Exists(p)))
                throw new CommandException($"[{privilege}] is not a privilege; there are {string.Join(", ", Privileges.Names)}");
            var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            long? end = null;
            if (arguments.GetValue(expires) is { } text)
                end = TimeValue.TryParse(text, out var time, out var problem) ? now + (long)time.Duration.TotalMilliseconds : throw new CommandException($"--expires-in: {problem}");
            var secret = ApiKeySecret.New();
            await storage.Security.PutApiKeyAsync(new StoredApiKey(secret.Id, arguments.GetValue(name)!, secret.SecretHash, "mlactors keys", arguments.GetValue(privileges)!, now, end, Invalidated: false,
                // Whoever may do everything may do everything with documents.
                IndexPrivileges.OfRoles(arguments.GetValue(privileges)!)));
            Console.Error.WriteLine("The key, for the header `Authorization: ApiKey …`. It is not shown again:");
            Console.WriteLine(secret.Encoded);
        });
    }

    private static Command List()
    {
        return CommonOptions.OnStorage(new Command("list", "List the keys, without their secrets"), async (arguments, storage, _) =>
        {
            foreach (var key in await storage.Security.ListApiKeysAsync())
            {
                var until = key.ExpiresMs is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("u", CultureInfo.InvariantCulture) : "for ever";
                Console.WriteLine($"{key.Id}\t{key.Name}\t{string.Join(",", key.Privileges)}\t{(key.Invalidated ? "invalidated" : until)}");
            }
        });
    }

    private static Command Invalidate()
    {
        var id = new Argument<string>("id") { Description = "The key's id, as `mlactors keys list` shows it" };
        return CommonOptions.OnStorage(new Command("invalidate", "Make a key useless") { id }, async (arguments, storage, _) =>
        {
            var key = await storage.Security.FindApiKeyAsync(arguments.GetValue(id)!) ?? throw new CommandException($"there is no key [{arguments.GetValue(id)}]");
            await storage.Security.PutApiKeyAsync(key with { Invalidated = true });
            Console.WriteLine($"key {key.Id} ({key.Name}) is invalid now");
        });
    }
}
