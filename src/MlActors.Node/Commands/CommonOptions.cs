using System.CommandLine;
using MlActors.Node.Configuration;
using MlActors.Storage;
using MlActors.Storage.Postgres;
using MlActors.Storage.Sqlite;

namespace MlActors.Node.Commands;

/// <summary>The options that commands share, and how a command fails: problems on standard error, exit code 2 for a bad configuration, 1 otherwise.</summary>
internal sealed class CommonOptions
{
    private readonly Option<string?> _config = new("--config") { Description = "A HOCON file whose settings override the defaults" };
    private readonly Option<string?> _data = new("--data") { Description = "The folder that holds the server's data (default: mlactors-data)" };
    private readonly Option<string?> _urls = new("--urls") { Description = "Where the REST API listens, separated by semicolons (default: http://127.0.0.1:9200)" };

    internal CommonOptions AddTo(Command command, bool urls = false)
    {
        command.Options.Add(_config);
        command.Options.Add(_data);
        if (urls) command.Options.Add(_urls);
        return this;
    }

    /// <exception cref="ConfigurationException"/>
    internal ServerConfig Load(ParseResult arguments)
    {
        var overrides = new Dictionary<string, string>(StringComparer.Ordinal);
        if (arguments.GetValue(_data) is { } data) overrides["data"] = data;
        if (arguments.GetResult(_urls) is not null && arguments.GetValue(_urls) is { } urls) overrides["urls"] = urls;
        return ServerConfig.Load(arguments.GetValue(_config), overrides);
    }

    /// <summary>Opens the store that the configuration names.</summary>
    /// <exception cref="StorageOpenException"/>
    internal static IStorage Open(ServerConfig config) =>
        config.Options.Postgres is { } postgres ? PostgresStorage.Open(postgres) : SqliteStorage.Open(config.Options.Storage);

    /// <summary>Makes a command that works on the data: of a stopped server, or beside servers if the store is shared.</summary>
    internal static Command OnStorage(Command command, Func<ParseResult, IStorage, CancellationToken, Task> body)
    {
        var common = new CommonOptions().AddTo(command);
        command.SetAction((arguments, cancellation) => RunAsync(async () =>
        {
            using var storage = Open(common.Load(arguments));
            await body(arguments, storage, cancellation);
            return 0;
        }));
        return command;
    }

    /// <summary>Runs the body of a command and turns what a user can mend into a message and an exit code.</summary>
    internal static async Task<int> RunAsync(Func<Task<int>> body)
    {
        try
        {
            return await body();
        }
        catch (ConfigurationException invalid)
        {
            Console.Error.WriteLine(invalid.Message);
            return 2;
        }
        catch (Exception cause) when (cause is StorageOpenException or Jobs.Storage.StoreException or IOException or UnauthorizedAccessException or CommandException)
        {
            Console.Error.WriteLine($"mlactors: {cause.Message}");
            return 1;
        }
    }
}

/// <summary>The command cannot do it; the message is for its user.</summary>
internal sealed class CommandException(string message) : Exception(message);
