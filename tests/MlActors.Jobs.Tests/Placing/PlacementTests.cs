using CsCheck;
using MlActors.Jobs.Placing;

namespace MlActors.Jobs.Tests.Placing;

public sealed class PlacementTests
{
    private static readonly RoomLimits Limits = new(100, 1000);
    private static readonly Placement<string> Placement = new(Limits);

    private static (string, IEnumerable<string>)[] Nodes(params string[] nodes) => [.. nodes.Select((shards, i) =>
        ($"n{i}", (IEnumerable<string>)shards.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];

    private static Dictionary<string, NodeLoad> Loads(params (string Shard, long Jobs, long Bytes)[] loads) => loads.ToDictionary(load => load.Shard, load => new NodeLoad(load.Jobs, load.Bytes));

    [Fact]
    public void A_load_is_the_share_of_what_runs_out_first()
    {
        new NodeLoad(20, 100).ShareOf(Limits).ShouldBe(0.2);
        new NodeLoad(20, 1500).ShareOf(Limits).ShouldBe(1.5);
    }

    [Fact]
    public void A_new_shard_goes_to_the_node_with_the_least_load_and_not_to_that_with_the_fewest_shards() =>
        Placement.Allocate("x", Nodes("a", "b c d"), Loads(("a", 3, 900), ("b", 50, 10), ("c", 1, 1))).ShouldBe("n1");

    [Fact]
    public void A_shard_with_jobs_goes_where_what_it_needs_is_left() =>
        Placement.Allocate("x", Nodes("memory", "jobs"), Loads(("memory", 1, 600), ("jobs", 50, 0), ("x", 1, 350))).ShouldBe("n1");

    [Fact]
    public void Among_equals_it_goes_where_the_fewest_shards_are() => Placement.Allocate("x", Nodes("a b", "c", "d"), Loads(("d", 1, 1))).ShouldBe("n1");

    [Fact]
    public void The_shard_is_moved_that_makes_the_fullest_node_emptiest() =>
        Placement.Rebalance(Nodes("a b c", ""), Loads(("a", 1, 300), ("b", 1, 500), ("c", 1, 400)))[0].ShouldBe("b");

    [Fact]
    public void Below_the_threshold_nothing_with_jobs_moves()
    {
        Placement.Rebalance(Nodes("a b", "c d"), Loads(("a", 10, 0), ("b", 10, 0), ("c", 10, 0))).ShouldBeEmpty();
        Placement.Rebalance(Nodes("a b", "c d"), Loads(("a", 11, 0), ("b", 10, 0), ("c", 10, 0))).ShouldBe(["b"]);
    }

    [Fact]
    public void A_single_shard_that_would_only_carry_its_load_elsewhere_stays() =>
        Placement.Rebalance(Nodes("a", "b"), Loads(("a", 1, 900))).ShouldBeEmpty();

    [Fact]
    public void Few_shards_move_at_a_time()
    {
        var shards = Enumerable.Range(0, 50).Select(i => $"s{i}").ToList();
        var loads = Loads([.. shards.Select(shard => (shard, 2L, 0L))]);
        Placement.Rebalance(Nodes(string.Join(' ', shards), "", ""), loads).Count.ShouldBe(1);
        Placement.Rebalance(Nodes(string.Join(' ', shards), "", ""), Loads()).Count.ShouldBe(Placement<string>.MovesOfNothing);
    }

    [Fact]
    public void A_new_node_gets_shards_without_jobs_and_those_with_jobs_stay() =>
        Placement.Rebalance(Nodes("a b c d", ""), Loads(("a", 1, 0), ("c", 1, 0))).ShouldBe(["b", "d"]);

    [Fact]
    public void Wherever_it_begins_it_comes_to_rest_and_then_no_single_move_would_make_it_better() =>
        Gen.Select(Gen.Int[2, 4], Gen.Select(Gen.Int[0, 3], Gen.Int[0, 30], Gen.Int[0, 300]).Array[1, 40]).Sample((count, shards) =>
        {
            var loads = Loads([.. shards.Select((shard, i) => ($"s{i}", (long)shard.Item2, (long)shard.Item3)).Where(load => load.Item2 + load.Item3 > 0)]);
            var nodes = Enumerable.Range(0, count).ToDictionary(i => $"n{i}", _ => new List<string>());
            for (var i = 0; i < shards.Length; i++) nodes[$"n{shards[i].Item1 % count}"].Add($"s{i}");
            var rounds = 0;
            while (Placement.Rebalance(All(), loads) is { Count: > 0 } moved)
            {
                (++rounds).ShouldBeLessThan(200);
                foreach (var list in nodes.Values) list.RemoveAll(moved.Contains);
                foreach (var shard in moved) nodes[Placement.Allocate(shard, All(), loads)].Add(shard);
            }
            var (full, empty) = (nodes.Values.MaxBy(Share)!, nodes.Values.MinBy(Share)!);
            if (Share(full) - Share(empty) <= Placement<string>.Threshold) return;
            foreach (var shard in full)
                Math.Max(Share([.. full.Where(other => other != shard)]), Share([.. empty, shard])).ShouldBeGreaterThanOrEqualTo(Share(full) - 1e-9, shard);

            IEnumerable<(string, IEnumerable<string>)> All() => nodes.Select(node => (node.Key, (IEnumerable<string>)node.Value));

            double Share(List<string> of) => of.Aggregate(default(NodeLoad), (sum, shard) => sum + loads.GetValueOrDefault(shard)).ShareOf(Limits);
        }, iter: 500);
}
