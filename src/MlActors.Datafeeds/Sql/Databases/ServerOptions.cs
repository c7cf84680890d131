using System.Collections.Immutable;
using MlActors.Datafeeds.Connections;

namespace MlActors.Datafeeds.Sql.Databases;

/// <summary>How far the certificate of a database server is checked.</summary>
internal enum TlsMode
{
    Disable,

    /// <summary>TLS if the server has it.</summary>
    Prefer,
    Require,

    /// <summary>And an authority that is known signed the certificate.</summary>
    VerifyCa,

    /// <summary>And it is that of the host.</summary>
    VerifyFull,
}

/// <summary>The options of a connection to a database server.</summary>
internal sealed class ServerOptions(string name, string type, string host, int port, string database)
    : Connection(name, type, $"{host}:{port.ToString(System.Globalization.CultureInfo.InvariantCulture)}/{database}")
{
    public string Host => host;

    public int Port => port;

    public string Database => database;

    public string User { get; init; } = "";

    public Secret Password { get; init; }

    public TlsMode Tls { get; init; }

    public string RootCertificate { get; init; } = "";

    public TimeSpan ConnectTimeout { get; init; }

    /// <summary>Each running look-back takes one.</summary>
    public int MaxConnections { get; init; }

    public static ConnectionType TypeOf(string name, string description, int port) => new(name, description,
    [
        new("host", OptionForm.Text, "", "Name or address of the server.") { Required = true },
        new("port", OptionForm.Count, port.ToString(System.Globalization.CultureInfo.InvariantCulture), "Its port."),
        new("database", OptionForm.Text, "", "The database.") { Required = true },
        new("user", OptionForm.Text, "", "Whom to log in as; one who may only read.") { Required = true },
        new("password", OptionForm.Secret, "", "The password; or `password-file`, the path of a file with it."),
        new("tls", OptionForm.Choice, "prefer", "`verify-ca` and `verify-full` check the server's certificate, the latter its name too.")
            { Choices = ["disable", "prefer", "require", "verify-ca", "verify-full"] },
        new("root-certificate", OptionForm.File, "", "PEM file of the authority that signed the server's certificate; else those of the system."),
        new("connect-timeout", OptionForm.Time, "15s", "How long connecting may take; whole seconds."),
        new("max-connections", OptionForm.Count, "20", "Connections at the same time; each datafeed that is reading takes one, the others wait."),
        ConnectionOption.QueryTimeout,
    ],
    Read);

    private static ServerOptions Read(OptionReader read) => new(read.Name, read.TypeName, read.Text("host"), read.Count("port"), read.Text("database"))
    {
        User = read.Text("user"),
        Password = read.Secret("password"),
        Tls = read.Text("tls") switch { "disable" => TlsMode.Disable, "require" => TlsMode.Require, "verify-ca" => TlsMode.VerifyCa, "verify-full" => TlsMode.VerifyFull, _ => TlsMode.Prefer },
        RootCertificate = read.Text("root-certificate"),
        ConnectTimeout = read.Time("connect-timeout"),
        MaxConnections = read.Count("max-connections"),
        QueryTimeout = read.QueryTimeout,
    };
}
