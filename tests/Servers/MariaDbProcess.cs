using MySqlConnector;

namespace MlActors.Servers;

/// <summary>A MariaDB server with an empty database <c>samples</c>. Its clock is New York's.</summary>
internal sealed class MariaDbProcess : IAsyncDisposable
{
    public const string User = "reader";
    public const string Database = "samples";

    private readonly ServerProcess _server = new("mariadb", "mysql");

    private MariaDbProcess(string password) => Password = password;

    public int Port => _server.Port;

    public string Password { get; }

    private string ConnectionString => $"Server=127.0.0.1;Port={Port};Database={Database};User ID={User};Password={Password};Pooling=false";

    public static async Task<MariaDbProcess> StartAsync(string password)
    {
        var mariadb = new MariaDbProcess(password);
        await mariadb._server.PrepareAsync(mariadb.StartAsync);
        return mariadb;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new MySqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task StartAsync()
    {
        var (data, users) = (Path.Combine(_server.Folder, "data"), Path.Combine(_server.Folder, "users.sql"));
        await File.WriteAllLinesAsync(users,
        [
            $"CREATE DATABASE {Database};",
            $"CREATE USER '{User}'@'127.0.0.1' IDENTIFIED BY '{Password}';",
            $"GRANT ALL ON {Database}.* TO '{User}'@'127.0.0.1';",
        ]);
        await _server.RunAsync(ServerProcess.Find("mariadb-install-db", "mariadb-server"),
            "--no-defaults", $"--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db");
        await _server.StartAsync(AnswersAsync, ServerProcess.Find("mariadbd", "mariadb-server"),
            "--no-defaults", $"--datadir={data}", "--bind-address=127.0.0.1", $"--port={Port}", $"--socket={Path.Combine(_server.Folder, "socket")}",
            $"--init-file={users}", "--default-time-zone=-05:00", "--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0");
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await ExecuteAsync("SELECT 1");
            return true;
        }
        catch (MySqlException)
        {
            return false;
        }
    }
}
