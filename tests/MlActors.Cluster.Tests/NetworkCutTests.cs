using System.Net;
using MlActors.Cluster.Tests.Support;
using MlActors.Node.Tests.Support;

namespace MlActors.Cluster.Tests;

/// <summary>The network between the owner of a job and the two other servers is cut, while all three run and a client posts to the one that is cut off.</summary>
[Collection(OnDatabase.Name)]
public sealed class NetworkCutTests(SharedDatabase database)
{
    public enum Cut
    {
        /// <summary>Between the nodes.</summary>
        Nodes,

        /// <summary>Also between the one and the database.</summary>
        All,

        /// <summary>What the others send does not arrive; the database is reached.</summary>
        Incoming,

        /// <summary>What it sends to the others does not arrive; the database is reached.</summary>
        Outgoing,
    }

    [PrivateNetworkTheory]
    [InlineData(Cut.Nodes)]
    [InlineData(Cut.All)]
    [InlineData(Cut.Incoming)]
    [InlineData(Cut.Outgoing)]
    public async Task The_one_that_is_cut_off_ends_and_what_it_acknowledged_goes_on_at_the_others(Cut cut)
    {
        using var network = new PrivateNetwork(machines: 3);
        await using var nodes = new Nodes(database, network);
        var (owner, other) = await nodes.OpenAsync();
        // It asks the other one only when the first does not answer any more.
        var feed = new Feed(lost => lost == 0 ? owner.Client : other.Client);
        await feed.GoesOnAsync();

        IPAddress[] far = [PrivateNetwork.AddressOf(1), PrivateNetwork.AddressOf(2), .. cut == Cut.All ? [PrivateNetwork.Hub] : (IPAddress[])[]];
        foreach (var address in far)
        {
            if (cut != Cut.Outgoing) network.DropIncoming(0, address);
            if (cut != Cut.Incoming) network.DropOutgoing(0, address);
        }
        // Not killed: it ends by itself.
        (await owner.Process.ExitAsync()).ShouldBe(3, owner.Process.Said);

        await feed.GoesOnAsync();
        await feed.EndAsync();
        await Nodes.SeesAsync(other, 2);
        (await nodes.OwnerAsync(other)).Id.ShouldNotBe(owner.Id);
        (await other.Client.CloseAsync(Workload.Job)).Expect(HttpStatusCode.OK);
        (await nodes.OutcomeAsync(other)).ShouldBeThatOf(await Outcome.OfAnUndisturbedRunAsync());
    }
}
