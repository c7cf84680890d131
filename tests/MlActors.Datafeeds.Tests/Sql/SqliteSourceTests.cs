using Microsoft.Data.Sqlite;
using MlActors.Datafeeds.Connections;
using MlActors.Datafeeds.Paging;
using MlActors.Datafeeds.Tests.Compliance;

namespace MlActors.Datafeeds.Tests.Sql;

public sealed class SqliteSourceTests : SqlCompliance, IClassFixture<SqliteSourceTests.SampleFile>
{
    private readonly SampleFile _file;

    public SqliteSourceTests(SampleFile file) => _file = file;

    private protected override IEnumerable<ConnectionConfig> Connections
    {
        get
        {
            // A connection needs its file when the server starts; later it may be gone.
            File.WriteAllText(_file.Gone, "");
            return
            [
                new("good", new Dictionary<string, string> { ["type"] = "sqlite", ["path"] = _file.Path }),
                new("hurried", new Dictionary<string, string> { ["type"] = "sqlite", ["path"] = _file.Path, ["query-timeout"] = "200ms" }),
                new("gone", new Dictionary<string, string> { ["type"] = "sqlite", ["path"] = _file.Gone }),
            ];
        }
    }

    private protected override ISourceKind Kind(PageLimits limits)
    {
        File.Delete(_file.Gone);
        return base.Kind(limits);
    }

    private protected override string Text => "TEXT";

    private protected override string Slow =>
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) AS ts, 'a' AS host, 1 AS value FROM n WHERE @start < @end";

    private protected override string FailsAtRow(int row) =>
        "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n LIMIT 1000000) " +
        $"SELECT datetime({SampleSet.Start / 1000} + i, 'unixepoch') AS ts, 'a' AS host, CASE WHEN i < {row} THEN i ELSE abs(-9223372036854775807 - 1) END AS value FROM n WHERE @start < @end";

    public sealed class SampleFile : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("mlactors-sqlite-").FullName;

        public SampleFile()
        {
            using var connection = new SqliteConnection($"Data Source={Path};Pooling=False");
            connection.Open();
            foreach (var set in SampleSet.All)
            {
                using var create = connection.CreateCommand();
                create.CommandText = $"CREATE TABLE {set.Name} (ts TEXT, host TEXT, value REAL)";
                create.ExecuteNonQuery();
                foreach (var sample in set.Samples)
                {
                    using var insert = connection.CreateCommand();
                    insert.CommandText = $"INSERT INTO {set.Name} VALUES (strftime('%Y-%m-%d %H:%M:%S', @ts / 1000, 'unixepoch'), @host, @value)";
                    insert.Parameters.AddWithValue("ts", sample.Ms);
                    insert.Parameters.AddWithValue("host", sample.Host);
                    insert.Parameters.AddWithValue("value", sample.Value);
                    insert.ExecuteNonQuery();
                }
            }
        }

        internal string Path => System.IO.Path.Combine(_folder, "samples.db");

        internal string Gone => System.IO.Path.Combine(_folder, "gone.db");

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
