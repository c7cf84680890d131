using System.Data.Common;
using MySqlConnector;

namespace MlActors.Servers;

/// <summary>A MariaDB server.</summary>
internal sealed class MariaDbProcess : DatabaseProcess
{
    public const string Database = "samples";

    private MariaDbProcess(string password)
        : base("mariadb", "mysql", password)
    {
    }

    public static Task<MariaDbProcess> StartAsync(string password) => StartAsync(new MariaDbProcess(password));

    protected override DbConnection Connect() => new MySqlConnection($"Server=127.0.0.1;Port={Port};Database={Database};User ID={User};Password={Password};Pooling=false");

    protected override async Task StartAsync()
    {
        var (data, users) = (Path.Combine(Server.Folder, "data"), Path.Combine(Server.Folder, "users.sql"));
        await File.WriteAllLinesAsync(users,
        [
            $"CREATE DATABASE {Database};",
            $"CREATE USER '{User}'@'127.0.0.1' IDENTIFIED BY '{Password}';",
            $"GRANT ALL ON {Database}.* TO '{User}'@'127.0.0.1';",
        ]);
        await Server.RunAsync(ServerProcess.Find("mariadb-install-db", "mariadb-server"),
            "--no-defaults", $"--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db");
        await Server.StartAsync(AnswersAsync, ServerProcess.Find("mariadbd", "mariadb-server"),
            "--no-defaults", $"--datadir={data}", "--bind-address=127.0.0.1", $"--port={Port}", $"--socket={Path.Combine(Server.Folder, "socket")}",
            $"--init-file={users}", "--default-time-zone=-05:00", "--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0");
    }
}
