using MlActors.Node.Configuration;
using MlActors.Node.Tests.Support;
using Npgsql;

namespace MlActors.Node.Tests;

/// <summary>Which database the server is told to use, and that the way to it stays a secret.</summary>
public sealed class StorageConfigurationTests : IDisposable
{
    private const string Secret = "open-sesame-43";
    private const string Variable = "MLACTORS_TEST_DATABASE";

    private readonly Workspace _space = new();

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, null);
        _space.Dispose();
    }

    [Fact]
    public void Without_a_word_the_data_lies_in_files() => ServerConfig.Load(null, new Dictionary<string, string>()).Options.Postgres.ShouldBeNull();

    [Fact]
    public void The_connection_string_may_come_from_the_environment_and_is_shown_to_nobody()
    {
        Environment.SetEnvironmentVariable(Variable, $"Host=db;Database=ml;Username=ml;Password={Secret}");
        var config = Load("mlactors.storage { provider = postgresql, postgresql { connection-string = ${MLACTORS_TEST_DATABASE}, schema = shop, writers = 3 } }");
        var options = config.Options.Postgres.ShouldNotBeNull();
        new NpgsqlConnectionStringBuilder(options.ConnectionString).Password.ShouldBe(Secret);
        (options.Schema, options.Writers, options.DocumentsSchema).ShouldBe(("shop", 3, "shop_documents"));
        var described = config.Describe().ToList();
        described.ShouldContain("mlactors.storage.postgresql.schema = shop");
        described.ShouldContain("mlactors.storage.postgresql.connection-string = ********");
        described.ShouldAllBe(line => !line.Contains(Secret));
    }

    [Fact]
    public void The_password_may_lie_in_a_file()
    {
        // Signs that mean something in a connection string are part of the password.
        File.WriteAllText(_space["password"], "a;b='c\"\n");
        var options = Load(Postgres("Host=db;Database=ml", $"password-file = \"{_space["password"]}\"")).Options.Postgres;
        new NpgsqlConnectionStringBuilder(options!.ConnectionString).Password.ShouldBe("a;b='c\"");
    }

    [Theory]
    [InlineData("mlactors.storage.provider = mysql", "[mlactors.storage.provider] is [mysql]; it must be one of sqlite, postgresql")]
    [InlineData("mlactors.storage.provider = postgresql", "[mlactors.storage.postgresql.connection-string] names no Host; give it as in Host=")]
    [InlineData("mlactors.storage { provider = postgresql, postgresql { connection-string = \"Host=db\" } }", "names no Database; give it as in Host=")]
    [InlineData("mlactors.storage { provider = postgresql, postgresql { connection-string = \"Host=db;Database=ml;Password=open-sesame-43;Colour=blue\" } }",
        "[mlactors.storage.postgresql.connection-string] cannot be read")]
    [InlineData("mlactors.storage { provider = postgresql, postgresql { connection-string = \"Host=db;Database=ml;Port=open-sesame-43\" } }",
        "[mlactors.storage.postgresql.connection-string] cannot be read")]
    [InlineData("mlactors.storage { provider = postgresql, postgresql { connection-string = \"Host=db;Database=ml\", schema = \"Robert'); DROP\" } }",
        "[mlactors.storage.postgresql.schema] is [Robert'); DROP]; it must be lower-case letters")]
    [InlineData("mlactors.storage { provider = postgresql, postgresql { connection-string = \"Host=db;Database=ml\", password-file = /there/is/none } }",
        "[mlactors.storage.postgresql.password-file]")]
    [InlineData("mlactors.storage { provider = postgresql, postgresql { connection-string = \"Host=db;Database=ml;Password=open-sesame-43\", password-file = /etc/hostname } }",
        "keep one of the two")]
    [InlineData("mlactors.storage { provider = postgresql, postgresql { connection-string = \"Host=db;Database=ml\", writers = 0 } }", "[mlactors.storage.postgresql.writers] is [0]")]
    public void What_cannot_be_used_is_said_with_the_fix_and_without_secrets(string hocon, string problem)
    {
        var message = Should.Throw<ConfigurationException>(() => Load(hocon)).Message;
        message.ShouldContain(problem);
        message.ShouldNotContain(Secret);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("serve")]
    public async Task A_database_that_is_not_there_is_named_without_the_password(string command)
    {
        await File.WriteAllTextAsync(_space.Config, Postgres($"Host=127.0.0.1;Port={Servers.ServerProcess.FreePort()};Database=ml;Username=ml;Password={Secret}", ""));
        var result = await ServerProcess.RunAsync(command, "--data", _space.Data, "--config", _space.Config);
        result.ExitCode.ShouldBe(1);
        result.Error.ShouldContain("127.0.0.1");
        result.Error.ShouldContain("cannot be opened");
        result.Error.ShouldNotContain("   at ");
        (result.Output + result.Error).ShouldNotContain(Secret);
    }

    [Fact]
    public async Task The_check_tries_the_database_and_a_backup_is_refused_with_what_to_do_instead()
    {
        using var space = new Workspace(Database.Postgres);
        var check = await ServerProcess.RunAsync("check", "--data", space.Data, "--config", space.Config);
        check.ExitCode.ShouldBe(0, check.Error);
        check.Output.ShouldContain("storage        ok  127.0.0.1:");
        check.Output.ShouldNotContain("Password");
        var backup = await ServerProcess.RunAsync("backup", space["copy.db"], "--data", space.Data, "--config", space.Config);
        backup.ExitCode.ShouldBe(1);
        backup.Error.ShouldContain("pg_dump --schema=");
        File.Exists(space["copy.db"]).ShouldBeFalse();
    }

    private static string Postgres(string connection, string more) =>
        $"mlactors.storage {{ provider = postgresql\n postgresql {{ connection-string = \"{connection}\"\n {more} }} }}";

    private ServerConfig Load(string hocon)
    {
        File.WriteAllText(_space.Config, hocon);
        return ServerConfig.Load(_space.Config, new Dictionary<string, string>());
    }
}
