using System.Data.Common;
using System.Globalization;
using Npgsql;

namespace MlActors.Servers;

/// <summary>A PostgreSQL server.</summary>
internal sealed class PostgresProcess : DatabaseProcess
{
    private const int SIGINT = 2;
    private const int SIGQUIT = 3;
    private const int SIGCONT = 18;
    private const int SIGSTOP = 19;

    private readonly bool _durable;
    private readonly string? _disk;

    private PostgresProcess(string password, bool durable, string? disk)
        : base("postgresql", "postgres", password) => (_durable, _disk) = (durable, disk);

    public string ConnectionString => $"Host=127.0.0.1;Port={Port};Database=postgres;Username={User};Password={Password};Pooling=false;Timezone=UTC";

    /// <param name="durable">Whether what it acknowledges is on the disk, as it must be where time counts; not needed where only processes die.</param>
    /// <param name="disk">Where the tables are, if not with the rest; the log of the server, which it cannot live without, is not there.</param>
    public static Task<PostgresProcess> StartAsync(string password, bool durable = false, string? disk = null) => StartAsync(new PostgresProcess(password, durable, disk));

    /// <summary>Processor time of the server and all processes that it started, those that have ended too.</summary>
    public TimeSpan ProcessorTime()
    {
        // Fields of /proc/PID/stat from the state on, in hundredths of a second: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
        const int UserTime = 11;
        var ticks = Processes().Sum(process => process.Stat.Skip(UserTime).Take(process.Id == Main ? 4 : 2).Sum(field => long.Parse(field, CultureInfo.InvariantCulture)));
        return TimeSpan.FromMilliseconds(ticks * 10);
    }

    /// <summary>Stops the server and its processes where they are; they keep their connections.</summary>
    public void Freeze()
    {
        // It starts no more of them.
        Server.Signal(Main, SIGSTOP);
        foreach (var (id, _) in Processes()) Server.Signal(id, SIGSTOP);
    }

    /// <summary>Lets them go on.</summary>
    public void Thaw()
    {
        foreach (var (id, _) in Processes()) Server.Signal(id, SIGCONT);
    }

    private int Main => int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    // The server and those that it started.
    private IEnumerable<(int Id, string[] Stat)> Processes()
    {
        const int Parent = 1;
        var server = Main;
        foreach (var process in Directory.GetDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])))
        {
            string[] stat;
            try
            {
                var text = File.ReadAllText(Path.Combine(process, "stat"));
                stat = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            }
            catch (IOException)
            {
                // It has ended meanwhile.
                continue;
            }
            var id = int.Parse(Path.GetFileName(process), CultureInfo.InvariantCulture);
            if (id == server || stat[Parent] == server.ToString(CultureInfo.InvariantCulture)) yield return (id, stat);
        }
    }

    protected override DbConnection Connect() => new NpgsqlConnection(ConnectionString);

    /// <summary>Kills the server.</summary>
    public Task StopAsync() => Server.KillAsync();

    /// <summary>Starts it again with the data that it had.</summary>
    public Task StartAgainAsync() => Server.StartAsync(AnswersAsync, ServerProcess.Find("postgres", "postgresql", Folders),
        "-D", Data, "-h", "127.0.0.1", "-p", $"{Port}", "-k", Server.Folder, "-c", _durable ? "fsync=on" : "fsync=off", "-c", "timezone=America/New_York");

    /// <summary>Kills it and starts it again: what it had acknowledged is there.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAgainAsync();
    }

    /// <param name="killed">Or it is asked to stop: it rolls back what is under way and cuts connections.</param>
    public Task StopAsync(bool killed) => killed ? StopAsync() : Server.EndAsync(SIGINT);

    /// <summary>Asks it to stop and starts it again: connections are cut, transactions under way are rolled back.</summary>
    /// <param name="immediate">It does not even finish what it is writing, and recovers from its log.</param>
    public async Task RestartAsync(bool immediate)
    {
        await Server.EndAsync(immediate ? SIGQUIT : SIGINT);
        await StartAgainAsync();
    }

    protected override async Task StartAsync()
    {
        var passwordFile = Path.Combine(Server.Folder, "password");
        await File.WriteAllTextAsync(passwordFile, Password);
        string[] apart = _disk is null ? [] : [$"--waldir={Path.Combine(Server.Folder, "wal")}"];
        await Server.RunAsync(ServerProcess.Find("initdb", "postgresql", Folders),
            ["-D", Data, "-U", User, $"--pwfile={passwordFile}", "--auth=scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", .. apart]);
        await StartAgainAsync();
    }

    private static string[] Folders =>
        [.. Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(version => Path.Combine(version, "bin")) : []];

    private string Data => Path.Combine(_disk ?? Server.Folder, "data");
}
