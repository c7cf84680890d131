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

    protected override async Task StartAsync()
    {
        string[] folders = [.. Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(version => Path.Combine(version, "bin")) : []];
        var data = Path.Combine(Server.Folder, "data");
        var passwordFile = Path.Combine(Server.Folder, "password");
        await File.WriteAllTextAsync(passwordFile, Password);
        await Server.RunAsync(ServerProcess.Find("initdb", "postgresql", folders),
            "-D", data, "-U", User, $"--pwfile={passwordFile}", "--auth=scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync");
        await Server.StartAsync(AnswersAsync, ServerProcess.Find("postgres", "postgresql", folders),
            "-D", data, "-h", "127.0.0.1", "-p", $"{Port}", "-k", Server.Folder, "-c", "fsync=off", "-c", "timezone=America/New_York");
    }
}
