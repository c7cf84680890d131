using Npgsql;

namespace MlActors.Servers;

/// <summary>A PostgreSQL server with an empty database. Its clock is New York's, that nobody relies on the zone of the server.</summary>
internal sealed class PostgresProcess : IAsyncDisposable
{
    public const string User = "reader";

    private readonly ServerProcess _server = new("postgresql", "postgres");

    private PostgresProcess(string password) => Password = password;

    public int Port => _server.Port;

    public string Password { get; }

    public string ConnectionString => $"Host=127.0.0.1;Port={Port};Database=postgres;Username={User};Password={Password};Pooling=false;Timezone=UTC";

    public static async Task<PostgresProcess> StartAsync(string password)
    {
        var postgres = new PostgresProcess(password);
        await postgres._server.PrepareAsync(postgres.StartAsync);
        return postgres;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Kills the server.</summary>
    public Task StopAsync() => _server.KillAsync();

    /// <summary>Starts it again with the data that it had.</summary>
    public Task StartAgainAsync() => _server.StartAsync(AnswersAsync, ServerProcess.Find("postgres", "postgresql", Folders),
        "-D", Data, "-h", "127.0.0.1", "-p", $"{Port}", "-k", _server.Folder, "-c", "fsync=off", "-c", "timezone=America/New_York");

    /// <summary>Kills it and starts it again: what it had acknowledged is there.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAgainAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static string[] Folders =>
        [.. Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(version => Path.Combine(version, "bin")) : []];

    private string Data => Path.Combine(_server.Folder, "data");

    private async Task StartAsync()
    {
        var passwordFile = Path.Combine(_server.Folder, "password");
        await File.WriteAllTextAsync(passwordFile, Password);
        await _server.RunAsync(ServerProcess.Find("initdb", "postgresql", Folders),
            "-D", Data, "-U", User, $"--pwfile={passwordFile}", "--auth=scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync");
        await StartAgainAsync();
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await ExecuteAsync("SELECT 1");
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
