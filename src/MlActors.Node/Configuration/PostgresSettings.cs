using System.Text.RegularExpressions;
using Akka.Configuration;
using MlActors.Storage.Postgres;
using Npgsql;

namespace MlActors.Node.Configuration;

/// <summary>The settings below <c>mlactors.storage.postgresql</c>; they are checked when that is the provider.</summary>
internal static partial class PostgresSettings
{
    /// <returns><c>null</c>: the provider is another.</returns>
    public static PostgresOptions? Read(Config config, SettingReader read, List<string> problems)
    {
        if (!read.Choice("storage.provider", new Dictionary<string, bool>(StringComparer.Ordinal) { ["sqlite"] = false, ["postgresql"] = true })) return null;
        var schema = config.GetString("storage.postgresql.schema");
        if (!SchemaName().IsMatch(schema))
            problems.Add($"[mlactors.storage.postgresql.schema] is [{schema}]; it must be lower-case letters, digits and _, at most 40, and begin with a letter");
        return new PostgresOptions
        {
            ConnectionString = ConnectionString(config, problems),
            Schema = schema,
            Writers = read.Count("storage.postgresql.writers"),
            Readers = read.Count("storage.postgresql.readers"),
            StatementTimeout = read.Time("storage.postgresql.statement-timeout"),
            BusyTimeout = read.Time("storage.busy-timeout"),
            Durability = read.Durability("storage.synchronous"),
            DefaultRetention = config.GetString("documents.default-retention").Length == 0 ? null : read.Time("documents.default-retention"),
        };
    }

    private static string ConnectionString(Config config, List<string> problems)
    {
        const string example = "give it as in Host=db.example.org;Database=mlactors;Username=mlactors";
        var text = config.GetString("storage.postgresql.connection-string");
        var passwordFile = config.GetString("storage.postgresql.password-file");
        try
        {
            var parts = new NpgsqlConnectionStringBuilder(text);
            if (string.IsNullOrEmpty(parts.Host) || string.IsNullOrEmpty(parts.Database))
                problems.Add($"[mlactors.storage.postgresql.connection-string] names no {(string.IsNullOrEmpty(parts.Host) ? "Host" : "Database")}; {example}");
            if (passwordFile.Length == 0) return text;
            if (parts.Password is not null)
                problems.Add($"[mlactors.storage.postgresql.password-file] is given, and the connection string has a password too; keep one of the two");
            parts.Password = File.ReadAllText(passwordFile).TrimEnd('\r', '\n');
            return parts.ToString();
        }
        catch (ArgumentException cause)
        {
            // The text may hold a password: it is not repeated.
            problems.Add($"[mlactors.storage.postgresql.connection-string] cannot be read ({cause.Message}); {example}");
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            problems.Add($"[mlactors.storage.postgresql.password-file] {cause.Message} Let the user that runs the server read the file");
        }
        return text;
    }

    [GeneratedRegex("^[a-z][a-z0-9_]{0,39}$", RegexOptions.None, 1000)]
    private static partial Regex SchemaName();
}
