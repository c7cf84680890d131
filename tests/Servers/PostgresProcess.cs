using System.Data.Common;
using Npgsql;

namespace MlActors.Servers;

/// <summary>A PostgreSQL server.</summary>
internal sealed class PostgresProcess : DatabaseProcess
{
    /// <summary>The user of the system that it runs as, if it may choose.</summary>
    public const string Account = "postgres";

    private const int SIGINT = 2;

    private readonly string? _data;

    private PostgresProcess(string password, string? data)
        : base("postgresql", Account, password)
    {
        _data = data;
    }

    public string ConnectionString => $"Host=127.0.0.1;Port={Port};Database=postgres;Username={User};Password={Password};Pooling=false;Timezone=UTC";

    /// <param name="data">Where the tables are, if not where all else is: an empty folder that the server may have.</param>
    public static Task<PostgresProcess> StartAsync(string password, string? data = null) => StartAsync(new PostgresProcess(password, data));

    protected override DbConnection Connect() => new NpgsqlConnection(ConnectionString);

    /// <summary>Kills the server.</summary>
    public Task StopAsync() => Server.KillAsync();

    /// <summary>Asks it to stop at once in good order: transactions are broken off, what was committed is written.</summary>
    public Task StopFastAsync() => Server.SignalAsync(SIGINT);

    /// <summary>Starts it again with the data that it had.</summary>
    public Task StartAgainAsync() => Server.StartAsync(AnswersAsync, ServerProcess.Find("postgres", "postgresql", Folders),
        "-D", Data, "-h", "127.0.0.1", "-p", $"{Port}", "-k", Server.Folder, "-c", "fsync=off", "-c", "timezone=America/New_York");

    /// <summary>Kills it and starts it again: what it had acknowledged is there.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAgainAsync();
    }

    protected override async Task StartAsync()
    {
        var passwordFile = Path.Combine(Server.Folder, "password");
        await File.WriteAllTextAsync(passwordFile, Password);
        await Server.RunAsync(ServerProcess.Find("initdb", "postgresql", Folders),
            "-D", Data, $"--waldir={Path.Combine(Server.Folder, "log")}", "-U", User, $"--pwfile={passwordFile}", "--auth=scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync");
        await StartAgainAsync();
    }

    private static string[] Folders =>
        [.. Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(version => Path.Combine(version, "bin")) : []];

    private string Data => _data ?? Path.Combine(Server.Folder, "data");
}
