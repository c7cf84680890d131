using Microsoft.Data.Sqlite;
using MlActors.Datafeeds.Connections;
using MlActors.Datafeeds.Paging;
using MlActors.Datafeeds.Sql;
using MlActors.Datafeeds.Tests.Compliance;
using MlActors.Jobs.Datafeeds;

namespace MlActors.Datafeeds.Tests.Sql;

public sealed class SqliteSourceTests : SourceCompliance, IClassFixture<SqliteSourceTests.SampleFile>
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
                new("gone", new Dictionary<string, string> { ["type"] = "sqlite", ["path"] = _file.Gone }),
            ];
        }
    }

    private protected override DatafeedConfig WrongDatafeed => Reading.Datafeed(new { connection = "good", sql = "SELECT ts, hst FROM plain WHERE ts >= @start AND ts < @end ORDER BY ts" });

    private protected override ISourceKind Kind(PageLimits limits)
    {
        File.Delete(_file.Gone);
        return new SqlKind(limits);
    }

    private protected override DatafeedConfig Datafeed(string connection, SampleSet set) =>
        Reading.Datafeed(new { connection, sql = $"SELECT ts, host, value FROM {set.Name} WHERE ts >= @start AND ts < @end ORDER BY ts" });

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
