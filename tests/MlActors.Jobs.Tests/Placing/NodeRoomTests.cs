using CsCheck;
using MlActors.Jobs.Placing;

namespace MlActors.Jobs.Tests.Placing;

public sealed class NodeRoomTests
{
    private readonly NodeRoom _room = new(new RoomLimits(2, 100), "here");
    private readonly List<string> _found = [];

    private void Await(string jobId, long bytes) => _room.Await(jobId, bytes, () => _found.Add(jobId));

    [Fact]
    public void The_last_place_is_given_once_and_again_when_it_is_given_back()
    {
        _room.TryTake("a", 1).ShouldBeNull();
        _room.TryTake("b", 1).ShouldBeNull();
        _room.TryTake("c", 1).ShouldBe("node [here] is full: it has 2 open jobs, and [jobs.max-open] is 2; close a job, or raise the setting");
        _room.Free("a");
        _room.TryTake("c", 1).ShouldBeNull();
        _room.Taken.ShouldBe((2, 2));
    }

    [Fact]
    public void Memory_is_what_the_limits_of_the_models_come_to_and_the_refusal_says_how_much_is_left()
    {
        _room.TryTake("a", 60).ShouldBeNull();
        _room.TryTake("b", 41).ShouldBe("node [here] has too little model memory left: the job's [model_memory_limit] is 41b, and of 100b ([jobs.max-model-memory]) " +
            "40b are free; lower the limit, close a job, or raise the setting");
        _room.TryTake("b", long.MaxValue).ShouldNotBeNull();
        _room.TryTake("b", 40).ShouldBeNull();
    }

    [Fact]
    public void What_was_open_before_keeps_its_place_beyond_the_limits_and_nobody_else_comes_in()
    {
        foreach (var job in new[] { "a", "b", "c" }) _room.Take(job, 60);
        _room.Taken.ShouldBe((3, 180));
        _room.Free("a");
        _room.Free("b");
        _room.TryTake("d", 41).ShouldNotBeNull();
        _room.TryTake("d", 40).ShouldBeNull();
    }

    [Fact]
    public void A_large_job_that_waits_holds_up_no_smaller_one()
    {
        _room.TryTake("a", 50).ShouldBeNull();
        _room.TryTake("b", 50).ShouldBeNull();
        Await("large", 80);
        Await("larger", 90);
        Await("small", 20);
        _found.ShouldBeEmpty();
        _room.Free("a");
        _found.ShouldBe(["small"]);
        _room.Free("small");
        _room.Free("b");
        _found.ShouldBe(["small", "large"]);
    }

    [Fact]
    public void Who_waits_no_longer_gets_nothing()
    {
        _room.TryTake("a", 100).ShouldBeNull();
        Await("b", 10);
        Await("c", 10);
        _room.Free("b");
        _room.Free("a");
        _found.ShouldBe(["c"]);
        _room.Holds("b").ShouldBeFalse();
    }

    [Fact]
    public void Who_asks_for_another_size_waits_for_that_alone()
    {
        _room.TryTake("a", 50).ShouldBeNull();
        Await("b", 60);
        Await("b", 50);
        _found.ShouldBe(["b"]);
        _room.Taken.ShouldBe((2, 100));
    }

    [Fact]
    public void Of_many_at_once_as_many_get_a_place_as_there_are()
    {
        var room = new NodeRoom(new RoomLimits(10, 1000), "here");
        var got = 0;
        Parallel.For(0, 200, i =>
        {
            if (room.TryTake($"job-{i}", 1) is null) Interlocked.Increment(ref got);
        });
        got.ShouldBe(10);
    }

    [Fact]
    public void Whatever_is_done_the_limits_hold_and_nobody_waits_who_fits() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 6], Gen.Int[0, 60]).Array[1, 80].Sample(steps =>
        {
            var room = new NodeRoom(new RoomLimits(3, 100), "here");
            Dictionary<string, long> placed = [], waiting = [];
            foreach (var (kind, number, size) in steps)
            {
                var job = $"job-{number}";
                if (kind == 2 || placed.ContainsKey(job) || waiting.ContainsKey(job))
                {
                    placed.Remove(job);
                    waiting.Remove(job);
                    room.Free(job);
                }
                else if (kind == 0)
                {
                    var fits = placed.Count < 3 && placed.Values.Sum() + size <= 100;
                    (room.TryTake(job, size) is null).ShouldBe(fits);
                    if (fits) placed[job] = size;
                }
                else
                {
                    waiting[job] = size;
                    room.Await(job, size, () =>
                    {
                        waiting.Remove(job, out var bytes).ShouldBeTrue();
                        placed[job] = bytes;
                    });
                }
                room.Taken.ShouldBe((placed.Count, placed.Values.Sum()));
                (placed.Count <= 3 && placed.Values.Sum() <= 100).ShouldBeTrue();
                if (placed.Count < 3) waiting.Values.ShouldAllBe(bytes => bytes > 100 - placed.Values.Sum());
            }
        }, iter: 500);
}
