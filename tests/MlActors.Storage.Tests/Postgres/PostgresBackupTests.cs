namespace MlActors.Storage.Tests.Postgres;

[Collection(PostgresServer.Name)]
public sealed class PostgresBackupTests(PostgresServer server)
{
    [Fact]
    public async Task A_backup_is_refused_with_the_command_that_makes_one()
    {
        await using var subject = new PostgresUnderTest(server);
        await using var storage = subject.Open();
        var path = subject.NewPath("backup.db");
        var refusal = (await Should.ThrowAsync<Jobs.Storage.StoreException>(() => storage.BackupAsync(path))).Message;
        refusal.ShouldContain($"pg_dump --schema={subject.Schema} --schema={subject.Schema}_documents");
        refusal.ShouldNotContain("Password");
        File.Exists(path).ShouldBeFalse();
    }
}
