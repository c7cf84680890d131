using MlActors.Storage.Sql;
using MlActors.Storage.Sql.Writes;

namespace MlActors.Storage.Tests.Sqlite;

/// <summary>Look-ups must stay look-ups: the plans that SQLite chooses for the statements that run often or over large tables.</summary>
public sealed class SqlitePlanTests : IAsyncLifetime
{
    private readonly SqliteUnderTest _subject = new();

    public Task InitializeAsync()
    {
        _subject.Open().Dispose();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _subject.DisposeAsync();

    [Theory]
    [InlineData("SELECT job_id, state, blocked FROM job_status WHERE active = 1 ORDER BY state <> 'opened', job_id", "job_status_active")]
    [InlineData("SELECT job_id FROM job_group WHERE group_name = 'g'", "PRIMARY KEY (group_name=?)")]
    [InlineData(ResultsWrite.DropInterimBuckets, "bucket_interim (job_id=? AND is_interim=?)")]
    [InlineData(ResultsWrite.DropInterimRecords, "record_interim (job_id=? AND is_interim=?)")]
    [InlineData(ResultsWrite.DropInterimInfluencers, "influencer_interim (job_id=? AND is_interim=?)")]
    [InlineData("SELECT MAX(sequence_nr) FROM journal WHERE persistence_id = 'a'", "journal_key (persistence_id=?)")]
    [InlineData("SELECT 1 FROM journal WHERE persistence_id = 'a' AND sequence_nr >= 5", "journal_key (persistence_id=? AND sequence_nr>?)")]
    [InlineData("SELECT document FROM record WHERE job_id = 'a' AND score >= 0.0 ORDER BY score DESC, timestamp, ordinal LIMIT 10",
        "record_by_score (job_id=? AND score>?)")]
    [InlineData("DELETE FROM record WHERE (job_id, timestamp, ordinal) IN " +
        "(SELECT job_id, timestamp, ordinal FROM record WHERE job_id = 'a' AND timestamp >= 5 ORDER BY timestamp, ordinal LIMIT 9)",
        "PRIMARY KEY (job_id=? AND timestamp=? AND ordinal=?)")]
    [InlineData(SqlJobStore.ExpiredForecasts, "forecast_expiry (expires_ms<?)")]
    [InlineData(ForecastDelete.DeletePoints, "PRIMARY KEY (job_id=? AND forecast_id=? AND timestamp=? AND ordinal=?)")]
    [InlineData("SELECT document FROM forecast_point WHERE job_id = 'a' AND forecast_id = 'f' AND timestamp >= 5 AND timestamp < 9 ORDER BY timestamp, ordinal LIMIT 9",
        "PRIMARY KEY (job_id=? AND forecast_id=? AND timestamp>? AND timestamp<?)")]
    [InlineData("DELETE FROM input WHERE (job_id, seq) IN (SELECT job_id, seq FROM input WHERE job_id = 'a' ORDER BY seq LIMIT 9)",
        "PRIMARY KEY (job_id=? AND seq=?)")]
    public void Statements_run_on_an_index(string sql, string index)
    {
        using var connection = _subject.Connect();
        using var command = connection.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + sql;
        var plan = new List<string>();
        using var row = command.ExecuteReader();
        while (row.Read()) plan.Add(row.GetString(3));
        plan.ShouldContain(step => step.Contains(index), string.Join('\n', plan));
        plan.ShouldNotContain(step => step.StartsWith("SCAN ") && !step.Contains(index), string.Join('\n', plan));
    }
}
