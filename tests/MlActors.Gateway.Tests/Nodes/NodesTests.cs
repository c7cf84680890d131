using MlActors.Gateway.Tests.Serving;
using MlActors.Jobs.Nodes;
using MlActors.Jobs.Placing;

namespace MlActors.Gateway.Tests.Nodes;

public sealed class NodesTests : IAsyncLifetime
{
    private GatewayServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await GatewayServer.StartAsync();
        _server.Nodes.Answers =
        [
            new(new NodeStanding("10.0.0.1:4053", "up", ["gateway", "jobs"], Leader: true, Oldest: false), new NodeDescription("node-1", "first", "e1", "0.1.0", 1000, false,
                new NodeRoomLimits(512, 1L << 32), new NodeLoad(3, 3L << 20),
                [new ShardDescription(7, 3, 2, 1, 1, 100, 20, 30), new ShardDescription(9, 1, 1, 0, 0, 5, 6, 7)],
                [new NodeJob("slow", 7, "opened", true, 90, 20, 30, new JobArrival(900, "second", JobArrival.NodeLeft)), new NodeJob("b", 9, "opening", false, 5, 6, 7, null)])),
            new(new NodeStanding("10.0.0.2:4053", "unreachable", ["jobs"], Leader: false, Oldest: true), null),
            new(new NodeStanding("10.0.0.3:4053", "up", ["gateway"], Leader: false, Oldest: false),
                new NodeDescription("node-3", "door", "e3", "0.1.0", 2000, true, null, default, [], [])),
        ];
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Each_node_tells_of_its_room_its_shards_and_its_jobs_and_one_that_did_not_answer_is_named()
    {
        var json = (await _server.GetAsync("/_ml/nodes?size=2&timeout=1s")).Json;
        _server.Nodes.Asked.ShouldBe((2, TimeSpan.FromSeconds(1)));
        json.GetProperty("_nodes").GetRawText().ShouldBe("""{"total":3,"successful":2,"failed":1}""");
        var nodes = json.GetProperty("nodes");
        var first = nodes[0];
        first.GetProperty("name").GetString().ShouldBe("first");
        (first.GetProperty("leader").GetBoolean(), first.GetProperty("oldest").GetBoolean()).ShouldBe((true, false));
        first.GetProperty("room").GetRawText().ShouldBe("""{"jobs":3,"max_jobs":512,"model_memory_limits_bytes":3145728,"max_model_memory_bytes":4294967296}""");
        first.GetProperty("total").GetRawText().ShouldBe("""{"jobs":4,"running":3,"failed":1,"datafeeds":1,"model_bytes":105,"waiting_bytes":26,"behind_ms":30}""");
        first.GetProperty("shards")[1].GetRawText().ShouldBe("""{"shard":9,"jobs":1,"running":1,"failed":0,"datafeeds":0,"model_bytes":5,"waiting_bytes":6,"behind_ms":7}""");
        first.GetProperty("jobs")[0].GetRawText().ShouldBe("""
            {"job_id":"slow","shard":7,"state":"opened","datafeed":true,"model_bytes":90,"waiting_bytes":20,"behind_ms":30,"came":{"at":900,"from":"second","why":"its node was asked to stop"}}
            """.Trim());
        first.GetProperty("jobs")[1].TryGetProperty("came", out _).ShouldBeFalse();
        nodes[1].GetRawText().ShouldBe("""
            {"address":"10.0.0.2:4053","state":"unreachable","leader":false,"oldest":true,"roles":["jobs"],"problem":"it did not answer in time"}
            """.Trim());
        nodes[2].TryGetProperty("room", out _).ShouldBeFalse();
        nodes[2].GetProperty("upgrade_mode").GetBoolean().ShouldBeTrue();
    }

    [Theory]
    [InlineData("first", "10.0.0.1:4053")]
    [InlineData("node-*", "10.0.0.1:4053 10.0.0.3:4053")]
    [InlineData("10.0.0.2:*,door", "10.0.0.2:4053 10.0.0.3:4053")]
    [InlineData("_local", "10.0.0.1:4053")]
    [InlineData("_all", "10.0.0.1:4053 10.0.0.2:4053 10.0.0.3:4053")]
    public async Task Nodes_are_chosen_by_id_name_address_and_wildcard(string expression, string addresses)
    {
        var nodes = (await _server.GetAsync("/_ml/nodes/" + expression)).Json.GetProperty("nodes");
        string.Join(' ', nodes.EnumerateArray().Select(node => node.GetProperty("address").GetString())).ShouldBe(addresses);
    }

    [Fact]
    public async Task A_node_that_there_is_not_is_a_404_that_says_which_there_are() =>
        (await _server.GetAsync("/_ml/nodes/nobody")).ShouldBeError(404, "resource_not_found_exception", "[nobody]", "first, 10.0.0.2:4053, door");

    [Theory]
    [InlineData("size=1001", "[size]")]
    [InlineData("size=-1", "[size]")]
    public async Task The_number_of_jobs_is_bounded(string query, string name) =>
        (await _server.GetAsync("/_ml/nodes?" + query)).ShouldBeError(400, "illegal_argument_exception", name, "0 to 1000");

    [Fact]
    public async Task They_are_a_table_too()
    {
        var text = (await _server.GetAsync("/_cat/ml/nodes?v&h=name,address,state,leader,oldest,jobs.running,jobs.most,behind,model.bytes")).Text;
        text.Split('\n').Length.ShouldBeGreaterThan(3);
        text.ShouldContain("jobs.running");
        text.ShouldContain("unreachable");
        (await _server.GetAsync("/_cat/ml/nodes/first?format=json&h=name,jr,b&time=ms")).Json[0].GetRawText().ShouldBe("""{"name":"first","jobs.running":"3","behind":"30"}""");
        _server.Nodes.Asked.Jobs.ShouldBe(0);
    }
}
