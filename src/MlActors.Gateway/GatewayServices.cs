using MlActors.Documents.Store;
using MlActors.Jobs;
using MlActors.Jobs.Contexts;
using MlActors.Jobs.Datafeeds.Sources;
using MlActors.Jobs.Results;
using MlActors.Jobs.Storage;
using MlActors.Jobs.Upgrading;
using MlActors.Storage;
using MlActors.Storage.Security;

namespace MlActors.Gateway;

/// <summary>What the endpoints work with.</summary>
public sealed record GatewayServices(
    IJobs Jobs,
    IJobStore Store,
    ICatalog Catalog,
    IContextStore Contexts,
    IResults Results,
    IDatafeedSources Sources,
    IUpgradeMode Upgrade,
    ISecurityStore Security,
    IStorage Storage,
    GatewayOptions Options,
    TimeProvider Time)
{
    public IDocumentStore Documents => Storage.Documents;

    /// <summary>Wall-clock epoch milliseconds.</summary>
    public long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();
}
