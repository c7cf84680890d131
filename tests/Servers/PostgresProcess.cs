using System.Data.Common;
using Npgsql;

namespace MlActors.Servers;

/// <summary>A PostgreSQL server.</summary>
internal sealed class PostgresProcess : DatabaseProcess
{
    private PostgresProcess(string password)
        : base("postgresql", "postgres", password)
    {
    }

    public string ConnectionString => $"Host=127.0.0.1;Port={Port};Database=postgres;Username={User};Password={Password};Pooling=false;Timezone=UTC";

    public static Task<PostgresProcess> StartAsync(string password) => StartAsync(new PostgresProcess(password));

    protected override DbConnection Connect() => new NpgsqlConnection(ConnectionString);

    /// <summary>Kills the server.</summary>
    public Task StopAsync() => Server.KillAsync();

    /// <summary>Starts it again with the data that it had.</summary>
    public Task StartAgainAsync() => Server.StartAsync(AnswersAsync, ServerProcess.Find("postgres", "postgresql", Folders),
        "-D", Data, "-h", "127.0.0.1", "-p", $"{Port}", "-k", Server.Folder, "-c", "fsync=off", "-c", "timezone=America/New_York");

    /// <summary>Kills it and starts it again: what it had acknowledged is there.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAgainAsync();
    }

    /// <summary>Asks it to stop and starts it again: connections are cut, transactions under way are rolled back.</summary>
    /// <param name="immediate">It does not even finish what it is writing, and recovers from its log.</param>
    public async Task RestartAsync(bool immediate)
    {
        const int SIGINT = 2;
        const int SIGQUIT = 3;
        await Server.EndAsync(immediate ? SIGQUIT : SIGINT);
        await StartAgainAsync();
    }

    protected override async Task StartAsync()
    {
        var passwordFile = Path.Combine(Server.Folder, "password");
        await File.WriteAllTextAsync(passwordFile, Password);
        await Server.RunAsync(ServerProcess.Find("initdb", "postgresql", Folders),
            "-D", Data, "-U", User, $"--pwfile={passwordFile}", "--auth=scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync");
        await StartAgainAsync();
    }

    private static string[] Folders =>
        [.. Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(version => Path.Combine(version, "bin")) : []];

    private string Data => Path.Combine(Server.Folder, "data");
}
