using CsCheck;
using MlActors.Analysis.Categorization;
using MlActors.Analysis.Contexts;
using static MlActors.Analysis.Tests.Categorization.CategorizationRuns;

namespace MlActors.Analysis.Tests.Categorization;

public class CategorizationStateTests
{
    private static readonly string[] Words =
        ["order", "disk", "fan", "node", "alpha", "beta", "gamma", "failed", "started", "lost", "to", "on", "user=x", "\"quoted words here\"", "/a/b", "17", "a.b", "\ud800", "é"];

    // Random words; or a message of which some words vary and others are left out; or always the same.
    private static readonly Gen<string> TextGen = Gen.Frequency(
        (2, Gen.Int[0, Words.Length - 1].Array[0, 9].Select(words => string.Join(' ', words.Select(i => Words[i])))),
        (6, Gen.Bool.Array[8].Select(Gen.Int[0, 4]).Select((present, name) =>
            string.Join(' ', new[] { "order", "for", Words[name], "stuck", "in", "queue", "of", "shelf" }.Where((_, i) => present[i] || i % 3 == 0)))),
        (4, Gen.Const("order shipped")));

    private static readonly Gen<(string?, string?)> RecordGen =
        from text in TextGen
        from missing in Gen.Int[0, 20]
        from host in Gen.Int[0, 3]
        select host == 3 ? ("order shipped", "host-3") : (missing == 0 ? null : text, host == 0 ? null : "host-" + host);

    private static readonly Gen<(CategorizationSettings Settings, long Limit, TextRules Rules)> SettingsGen =
        from split in Gen.Bool
        from stop in Gen.Bool
        from filter in Gen.Bool
        from limit in Gen.Int[0, 2]
        from examples in Gen.Int[0, 3]
        let settings = (split ? PerHost : Plain) with { ExamplesLimit = examples }
        select (settings, limit == 0 ? 60_000 : Unlimited, new TextRules(filter ? ["disk|fan"] : [], stop && split));

    [Fact]
    public void Saving_anywhere_and_going_on_gives_the_same_ids_and_bytes() =>
        SettingsGen.Select(RecordGen.Array[0, 600], Gen.Int[0, 600]).Sample(
            (given, records, split) =>
            {
                var (settings, limit, rules) = given;
                var whole = New(settings, limit, rules);
                var ids = whole.IdsOf(records);
                var first = New(settings, limit, rules);
                var before = first.IdsOf([.. records.Take(split)]);
                var state = first.Save();
                var second = Restore(settings, state, limit, rules);
                second.Save().ShouldBe(state);
                second.Bytes.ShouldBe(first.Bytes);
                second.Stats.ShouldBe(first.Stats);
                before.Concat(second.IdsOf([.. records.Skip(split)])).ShouldBe(ids);
                second.Save().ShouldBe(whole.Save());
                second.Bytes.ShouldBe(whole.Bytes);
                second.Stats.ShouldBe(whole.Stats);
            },
            iter: 200);

    [Fact]
    public void How_records_are_cut_into_batches_and_what_is_reported_make_no_difference() =>
        SettingsGen.Select(RecordGen.Array[0, 600], Gen.Int[1, 60]).Sample(
            (given, records, size) =>
            {
                var (whole, cut) = (New(given.Settings, given.Limit, given.Rules), New(given.Settings, given.Limit, given.Rules));
                var ids = records.Chunk(size).SelectMany(chunk =>
                {
                    cut.TakeNews(counts: chunk.Length % 2 == 0);
                    return cut.IdsOf(chunk);
                }).ToArray();
                ids.ShouldBe(whole.IdsOf(records));
                cut.Save().ShouldBe(whole.Save());
            },
            iter: 100);

    [Fact]
    public void The_random_records_reach_what_they_are_to_test()
    {
        var (dead, failed, stopped, wide) = (0, 0, 0, 0);
        SettingsGen.Select(RecordGen.Array[500, 600]).Sample(
            (given, records) =>
            {
                var categorization = New(given.Settings, given.Limit, given.Rules);
                categorization.IdsOf(records);
                if (categorization.Stats.DeadCategories > 0) Interlocked.Increment(ref dead);
                if (categorization.Stats.FailedCategories > 0) Interlocked.Increment(ref failed);
                if (categorization.PartitionStats.Any(partition => partition.IsStopped)) Interlocked.Increment(ref stopped);
                if (categorization.Categories.Any(category => category.Examples.Count > 1)) Interlocked.Increment(ref wide);
            },
            iter: 100);
        foreach (var count in new[] { dead, failed, stopped, wide }) count.ShouldBeGreaterThan(3, $"dead {dead}, failed {failed}, stopped {stopped}, wide {wide}");
    }

    [Fact]
    public void After_a_restore_all_categories_are_news_once()
    {
        var first = New(Plain);
        first.Ids("order shipped", "order lost");
        first.TakeNews(counts: true);
        var second = Restore(Plain, first.Save());
        second.TakeNews(counts: false).Categories.Select(category => category.Terms).ShouldBe(["order shipped", "order lost"]);
        second.TakeNews(counts: true).IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Damaged_bytes_are_refused_or_read_but_never_crash()
    {
        var categorization = New(PerHost);
        categorization.IdsOf([("order shipped", "a"), ("order lost", "b"), ("disk is full", null)]);
        var state = categorization.Save();
        for (var i = 0; i < state.Length; i++)
        {
            var damaged = state.ToArray();
            damaged[i] ^= 0xFF;
            Attempt(damaged);
            Attempt(state[..i]);
        }

        static void Attempt(byte[] bytes)
        {
            try
            {
                Restore(PerHost, bytes);
            }
            catch (InvalidDataException)
            {
                // Refused with a reason.
            }
        }
    }
}
