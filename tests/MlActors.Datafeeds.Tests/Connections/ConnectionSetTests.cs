using MlActors.Datafeeds.Connections;

namespace MlActors.Datafeeds.Tests.Connections;

/// <summary>What the server's configuration may say of connections, and that no secret of theirs becomes a text.</summary>
public sealed class ConnectionSetTests : IDisposable
{
    private const string Hidden = "open-sesame-42";

    private readonly string _folder = Directory.CreateTempSubdirectory("mlactors-connections-").FullName;

    public static TheoryData<string> Types => [.. ConnectionTypes.All.Select(type => type.Name)];

    public static IEnumerable<object[]> Secrets => ConnectionTypes.All
        .SelectMany(type => type.Options.Where(option => option.Form == OptionForm.Secret).Select(option => new object[] { type.Name, option.Name }));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static ConnectionType Type(string name) => ConnectionTypes.All.First(type => type.Name == name);

    /// <summary>What a connection of the type needs at least.</summary>
    private Dictionary<string, string> Required(string type) => Type(type).Options.Where(option => option.Required)
        .ToDictionary(option => option.Name, option => option.Form switch
        {
            OptionForm.Url => "http://localhost:1/",
            OptionForm.Folder => _folder,
            OptionForm.File => WriteFile("some", "thing"),
            _ => option.Name == "path" ? WriteFile("some", "thing") : "some",
        });

    private string WriteFile(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static (Connection? Connection, List<string> Problems) Read(string type, Dictionary<string, string> options, string name = "one")
    {
        var problems = new List<string>();
        var set = ConnectionSet.Read([new ConnectionConfig(name, new Dictionary<string, string>(options) { ["type"] = type })], problems);
        return (set.Find(name), problems);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void The_required_options_are_enough_and_each_that_is_missing_is_named(string type)
    {
        Read(type, Required(type)).Problems.ShouldBeEmpty();
        foreach (var missing in Required(type).Keys)
        {
            var options = Required(type);
            options.Remove(missing);
            var (connection, problems) = Read(type, options);
            connection.ShouldBeNull();
            problems.ShouldHaveSingleItem().ShouldStartWith($"[mlactors.connections.one.{missing}] is required");
        }
    }

    [Theory]
    [MemberData(nameof(Secrets))]
    public void A_secret_is_known_to_nobody_but_who_logs_in_with_it(string type, string secret)
    {
        foreach (var asFile in new[] { false, true })
        {
            var options = new Dictionary<string, string>(Required(type)) { [asFile ? secret + "-file" : secret] = asFile ? WriteFile("secret", Hidden + "\n") : Hidden };
            if (secret == "password") options["user"] = "reader";
            var (connection, problems) = Read(type, options);
            problems.ShouldBeEmpty();
            var values = connection!.GetType().GetProperties().Select(property => (property.PropertyType, Value: property.GetValue(connection))).ToList();
            values.ShouldContain(value => value.PropertyType == typeof(Secret) && ((Secret)value.Value!).Reveal() == Hidden);
            foreach (var shown in values.Select(value => $"{value.Value}").Append($"{connection}")) shown.ShouldNotContain(Hidden);
        }
    }

    [Theory]
    [MemberData(nameof(Secrets))]
    public void What_is_wrong_is_said_without_the_secret(string type, string secret)
    {
        var twice = new Dictionary<string, string>(Required(type)) { ["user"] = "reader", [secret] = Hidden, [secret + "-file"] = WriteFile("secret", Hidden) };
        Read(type, twice).Problems.ShouldContain(problem => problem.Contains($"{secret}] is given, and [{secret}-file] too"));
        var unknown = new Dictionary<string, string>(Required(type)) { [secret + "s"] = Hidden, ["query-timeout"] = "soon" };
        foreach (var problems in new[] { Read(type, twice).Problems, Read(type, unknown).Problems })
        {
            problems.ShouldNotBeEmpty();
            problems.ShouldAllBe(problem => !problem.Contains(Hidden));
        }
    }

    [Theory]
    [InlineData("postgresql", "port", "0", "must be a whole number above 0")]
    [InlineData("postgresql", "tls", "maybe", "must be one of disable, prefer")]
    [InlineData("postgresql", "password-file", "/nowhere", "the file [/nowhere] cannot be read")]
    [InlineData("prometheus", "query-timeout", "0s", "must be a time such as")]
    [InlineData("prometheus", "url", "localhost", "is no address")]
    [InlineData("prometheus", "url", "http://reader:open-sesame-42@localhost", "has a user or password in it")]
    [InlineData("prometheus", "url", "http://localhost/?key=open-sesame-42", "has a query in it")]
    [InlineData("prometheus", "password", Hidden, "[mlactors.connections.one.user] is required with a [password]")]
    [InlineData("file", "root", "/nowhere", "there is no folder [/nowhere]")]
    [InlineData("file", "path", "x", "is not an option of the type [file]")]
    [InlineData("redis", "url", "x", "it must be one of postgresql, ")]
    public void An_option_that_is_wrong_is_named_with_the_fix(string type, string option, string value, string why)
    {
        var known = ConnectionTypes.All.Any(one => one.Name == type);
        var (connection, problems) = Read(type, new Dictionary<string, string>(known ? Required(type) : []) { [option] = value });
        connection.ShouldBeNull();
        problems.ShouldHaveSingleItem().ShouldContain(why);
        problems[0].ShouldNotContain(Hidden);
    }

    [Theory]
    [InlineData("Shop")]
    [InlineData("-shop")]
    [InlineData("shop.db")]
    public void A_name_that_could_not_be_written_everywhere_is_refused(string name) =>
        Read("file", Required("file"), name).Problems.ShouldHaveSingleItem().ShouldContain("is no name for a connection");
}
