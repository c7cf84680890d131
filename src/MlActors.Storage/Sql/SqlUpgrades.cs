using MlActors.Jobs.Upgrading;
using MlActors.Storage.Sql.Reads;
using MlActors.Storage.Sql.Writes;

namespace MlActors.Storage.Sql;

/// <summary>The one row that says whether upgrade mode is on.</summary>
internal sealed class SqlUpgrades(WriteLanes writers, ReadPool readers) : IUpgradeStore
{
    public Task<UpgradeSetting> ReadAsync() => readers.RunAsync(session => session.First("SELECT enabled, version, changed_ms FROM upgrade_mode WHERE id = 1",
        row => new UpgradeSetting(row.GetInt64(0) != 0, row.GetInt64(1), row.GetInt64(2))) ?? UpgradeSetting.Never);

    public async Task<UpgradeSetting> WriteAsync(bool enabled, long nowMs)
    {
        await writers.WriteAsync([new UpgradeWrite(enabled, nowMs)]);
        return await ReadAsync();
    }
}
