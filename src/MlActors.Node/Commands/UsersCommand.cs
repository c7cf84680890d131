using System.CommandLine;
using MlActors.Gateway.Security;
using MlActors.Storage.Security;

namespace MlActors.Node.Commands;

/// <summary><c>mlactors users</c>: who may use the API. Works on the data of a stopped server.</summary>
internal static class UsersCommand
{
    public static Command Create() => new("users", "Manage the users of the API (the server must be stopped)") { Add(), List(), Remove() };

    private static Command Add()
    {
        var name = new Argument<string>("name") { Description = "The user's name" };
        var roles = new Option<string[]>("--role") { Description = "A role or cluster privilege: superuser, machine_learning_admin, machine_learning_user, editor, viewer, manage_ml, monitor_ml, manage, monitor, all", Required = true };
        return CommonOptions.OnStorage(new Command("add", "Add a user, or change password and roles of one; the password is read from standard input") { name, roles }, async (arguments, storage, _) =>
        {
            if (!Console.IsInputRedirected) Console.Error.Write("password: ");
            var password = Console.In.ReadLine();
            if (password is null || password.Length < 6) throw new CommandException("the password needs at least 6 characters");
            var user = new StoredUser(arguments.GetValue(name)!, PasswordHasher.Hash(password), arguments.GetValue(roles)!, Enabled: true);
            foreach (var role in user.Roles.Where(role => !Privileges.RoleExists(role))) throw new CommandException($"[{role}] is not a role; see `mlactors users add --help`");
            await storage.Security.PutUserAsync(user);
            Console.WriteLine($"user {user.Name} has the roles {string.Join(", ", user.Roles)}");
        });
    }

    private static Command List()
    {
        return CommonOptions.OnStorage(new Command("list", "List the users"), async (arguments, storage, _) =>
        {
            foreach (var user in await storage.Security.ListUsersAsync())
                Console.WriteLine($"{user.Name}\t{string.Join(",", user.Roles)}{(user.Enabled ? "" : "\tdisabled")}");
        });
    }

    private static Command Remove()
    {
        var name = new Argument<string>("name") { Description = "The user's name" };
        return CommonOptions.OnStorage(new Command("remove", "Remove a user") { name }, async (arguments, storage, _) =>
        {
            if (!await storage.Security.DeleteUserAsync(arguments.GetValue(name)!)) throw new CommandException($"there is no user [{arguments.GetValue(name)}]");
            Console.WriteLine($"user {arguments.GetValue(name)} removed");
        });
    }
}
