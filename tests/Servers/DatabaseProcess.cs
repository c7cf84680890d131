using System.Data.Common;

namespace MlActors.Servers;

/// <summary>A database server with an empty database and one user, who may do everything in it. Its clock is New York's, that nobody relies on the zone of the server.</summary>
internal abstract class DatabaseProcess(string name, string account, string password) : IAsyncDisposable
{
    public const string User = "reader";

    protected ServerProcess Server { get; } = new(name, account);

    public int Port => Server.Port;

    public string Password => password;

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = Connect();
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        (command.CommandText, command.CommandTimeout) = (sql, 0);
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    protected static async Task<T> StartAsync<T>(T database)
        where T : DatabaseProcess
    {
        await database.Server.PrepareAsync(database.StartAsync);
        return database;
    }

    protected abstract DbConnection Connect();

    /// <summary>Makes the database and starts the server.</summary>
    protected abstract Task StartAsync();

    protected async Task<bool> AnswersAsync()
    {
        try
        {
            await ExecuteAsync("SELECT 1");
            return true;
        }
        catch (DbException)
        {
            return false;
        }
    }
}
