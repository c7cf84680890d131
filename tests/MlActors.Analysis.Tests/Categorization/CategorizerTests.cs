using MlActors.Analysis.Categorization;
using MlActors.Analysis.Contexts;
using static MlActors.Analysis.Tests.Categorization.CategorizationRuns;

namespace MlActors.Analysis.Tests.Categorization;

public class CategorizerTests
{
    private readonly JobCategorization _plain = New(Plain);

    [Fact]
    public void Ids_count_from_one_in_order_of_discovery_and_stay() =>
        _plain.Ids("Disk sda1 is full", "Connection to 10.0.0.1 lost", "Disk sdb7 is full", null, "Connection to 10.0.0.2 lost").ShouldBe([1, 2, 1, 0, 2]);

    [Theory]
    [InlineData("Order 4711 shipped", "Order 4712 shipped")]
    [InlineData("2026-01-02 10:11:12,345 Order shipped", "Mon Jan 5 23:59:59 UTC 2026 Order shipped")]
    [InlineData("job 3f2504e0-4f89-11d3-9a0c-0305e82c3301 done", "job deadbeef-cafe-babe-aaaa-0305e82c3301 done")]
    [InlineData("station de:ad:be:ef:aa:bb joined", "station 00:11:22:33:44:55 joined")]
    [InlineData("opened /var/log/syslog", "opened C:\\temp\\notes.txt")]
    [InlineData("mail from alice@example.com queued", "mail from bob@test.org queued")]
    [InlineData("fetched https://example.com/a/b?c=d ok", "fetched http://localhost/ ok")]
    [InlineData("saved \"a long title\" for you", "saved \"one\" for you")]
    [InlineData("alice logged in from web", "bob logged in from web")]
    [InlineData("  \n \nOrder shipped\nTraceback", "Order shipped")]
    public void What_varies_in_a_message_makes_no_difference(string one, string other) => _plain.Ids(one, other).ShouldBe([1, 1]);

    [Theory]
    [InlineData("Accepted password for alice from web", "Failed password for alice from web")]
    [InlineData("Link eth0 up", "Link eth0 down")]
    [InlineData("Starting worker 1", "Starting scheduler 1")]
    [InlineData("msg=\"Server started\" port=80", "msg=\"Cache flushed\" port=80")]
    [InlineData("Order shipped", "12345")]
    public void What_happened_makes_a_category(string one, string other) => _plain.Ids(one, other, one).ShouldBe([1, 2, 1]);

    [Fact]
    public void A_category_is_defined_by_the_words_its_texts_share()
    {
        _plain.Ids("User alice opened file a.txt on node 1", "User bob opened file a.txt on node 2222", "User bob opened file a.txt on node 2222").ShouldBe([1, 1, 1]);
        var category = _plain.Categories.Single();
        category.Terms.ShouldBe("User opened file a.txt on node");
        category.Regex.ShouldBe(@".*?User.+?opened.+?file.+?a\.txt.+?on.+?node.*");
        category.Examples.ShouldBe(["User alice opened file a.txt on node 1", "User bob opened file a.txt on node 2222"]);
        category.MaxMatchingLength.ShouldBe(39 + 3);
        category.Matches.ShouldBe(3);
        category.PartitionFieldName.ShouldBeNull();
        foreach (var example in category.Examples) example.ShouldMatch(category.Regex);
    }

    [Fact]
    public void A_text_without_words_has_a_category_too()
    {
        _plain.Ids("123 456", "", "789").ShouldBe([1, 1, 1]);
        _plain.Categories.Single().Terms.ShouldBe("");
        _plain.Categories.Single().Regex.ShouldBe(".*");
    }

    [Fact]
    public void Examples_are_few_different_and_not_longer_than_a_thousand_characters()
    {
        var categorization = New(Plain with { ExamplesLimit = 2 });
        var emoji = "order shipped " + new string('1', 985) + "😀😀";
        categorization.Ids(emoji, emoji, "order 1 shipped", "order 2 shipped").ShouldBe([1, 1, 1, 1]);
        categorization.Categories.Single().Examples.Select(example => example.Length).ShouldBe([999, 15]);
        var none = New(Plain with { ExamplesLimit = 0 });
        none.Ids("order shipped");
        none.Categories.Single().Examples.ShouldBeEmpty();
    }

    [Fact]
    public void A_template_that_grew_wide_takes_the_place_of_those_it_encompasses()
    {
        const string Narrow = "copied red green blue amber violet ochre teal";
        _plain.Ids(Narrow, "copied red green blue shelf hall", "copied red green blue shelf hall roof yard", "copied red green blue lamp").ShouldBe([1, 2, 2, 2]);
        _plain.Categories.Select(category => category.Terms).ShouldBe(["copied red green blue amber violet ochre teal", "copied red green blue"]);
        _plain.Categories.Select(category => category.PreferredTo).ShouldBe([[], [1]]);
        _plain.Stats.DeadCategories.ShouldBe(1);
        _plain.Ids(Narrow).ShouldBe([2]);
    }

    [Fact]
    public void Filters_cut_out_what_they_match()
    {
        var categorization = New(Plain, rules: new TextRules(["\\[statement:.*\\]", "^audit "], StopOnWarn: false));
        categorization.Ids("audit run [statement: select everything] on db", "run [statement: drop table] on db").ShouldBe([1, 1]);
        categorization.Categories.Single().Terms.ShouldBe("run on db");
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("(", "regular expression")]
    [InlineData("(?<=a)b", "backtracking")]
    [InlineData("(a)\\1", "backtracking")]
    public void A_filter_that_cannot_be_used_is_named_with_the_reason(string expression, string reason) => TextFilter.Problem(expression)!.ShouldContain(reason);

    [Fact]
    public void A_filter_that_would_backtrack_for_ever_does_not_hang()
    {
        var categorization = New(Plain, rules: new TextRules(["(a+)+$"], StopOnWarn: false));
        categorization.Ids([.. Enumerable.Range(0, 200).Select(i => new string('a', 900) + "! order " + i)]).ShouldAllBe(id => id == 1);
    }

    [Fact]
    public void Stop_words_are_not_looked_at()
    {
        var categorization = New(Plain with { StopWords = ["alpha", "beta"] });
        categorization.Ids("alpha joined", "beta joined", "Monday joined").ShouldBe([1, 1, 2]);
    }

    [Fact]
    public void Each_partition_has_categories_of_its_own_with_ids_of_the_job()
    {
        var categorization = New(PerHost);
        categorization.IdsOf([("order shipped", "a"), ("order shipped", "b"), ("order lost", "a"), ("order shipped", null), ("order shipped", "a")]).ShouldBe([1, 2, 3, 4, 1]);
        var all = categorization.Categories;
        all.Select(category => category.PartitionFieldValue).ShouldBe(["a", "b", "a", ""]);
        all.ShouldAllBe(category => category.PartitionFieldName == "host");
        categorization.PartitionStats.Select(partition => (partition.PartitionFieldValue, partition.Stats.TotalCategories)).ShouldBe([("a", 2L), ("b", 1L), ("", 1L)]);
        categorization.Stats.CategorizedDocuments.ShouldBe(5);
    }

    [Fact]
    public void A_partition_that_cannot_be_categorized_is_stopped_alone()
    {
        var categorization = New(PerHost, rules: Stopping);
        List<(string?, string?)> records = [.. Enumerable.Range(0, 150).SelectMany(i => new (string?, string?)[] { ("always the same", "bad"), (i % 2 == 0 ? "order shipped" : "order lost", "good") })];
        var ids = categorization.IdsOf(records);
        ids.Where((_, i) => i % 2 == 0).ShouldBe([.. Enumerable.Repeat(1, 100), .. Enumerable.Repeat(0, 50)]);
        ids.Where((_, i) => i % 2 == 1).ShouldAllBe(id => id > 0);
        categorization.PartitionStats.Select(partition => (partition.PartitionFieldValue, partition.IsStopped)).ShouldBe([("bad", true), ("good", false)]);
        categorization.Stats.Status.ShouldBe(CategorizationStatus.Warn);
        categorization.PartitionStats.Select(partition => partition.Stats.CategorizedDocuments).ShouldBe([100L, 150L]);
    }

    [Theory]
    [InlineData(99, 1, 0, 1, 0, CategorizationStatus.Ok)]
    [InlineData(100, 1, 0, 1, 0, CategorizationStatus.Warn)]
    [InlineData(100, 20, 18, 2, 0, CategorizationStatus.Ok)]
    [InlineData(100, 20, 19, 2, 0, CategorizationStatus.Warn)]
    [InlineData(100, 50, 10, 1, 0, CategorizationStatus.Ok)]
    [InlineData(100, 51, 10, 1, 0, CategorizationStatus.Warn)]
    [InlineData(1000, 20, 10, 0, 0, CategorizationStatus.Warn)]
    [InlineData(1000, 20, 10, 3, 10, CategorizationStatus.Ok)]
    [InlineData(1000, 20, 10, 3, 11, CategorizationStatus.Warn)]
    public void Categories_that_make_no_sense_are_warned_of(long documents, long total, long rare, long frequent, long dead, CategorizationStatus expected) => new CategorizationStats
    {
        CategorizedDocuments = documents, TotalCategories = total, RareCategories = rare, FrequentCategories = frequent, DeadCategories = dead,
    }.Judge().ShouldBe(expected);

    [Fact]
    public void Statistics_count_documents_and_kinds_of_categories()
    {
        _plain.Ids([.. Enumerable.Range(0, 298).Select(i => "order shipped " + i), "disk full", "fan broken"]);
        _plain.Stats.ShouldBe(new CategorizationStats { CategorizedDocuments = 300, TotalCategories = 3, FrequentCategories = 1, RareCategories = 2 });
    }

    [Fact]
    public void Beyond_the_limit_of_memory_known_categories_go_on_and_new_ones_fail()
    {
        var categorization = New(Plain, New(Plain).Bytes + 1000);
        string[] texts = [.. Enumerable.Range(0, 20).Select(i => $"{(char)('a' + i)}xx happened")];
        var first = categorization.Ids(texts);
        var known = first.Count(id => id > 0);
        known.ShouldBeInRange(1, 5);
        categorization.Ids(texts).ShouldBe(first);
        categorization.Stats.FailedCategories.ShouldBe(2 * (20 - known));
        categorization.Bytes.ShouldBeLessThanOrEqualTo(New(Plain).Bytes + 1000);
    }

    [Fact]
    public void News_are_new_and_changed_categories_and_with_counts_all_that_were_found_again()
    {
        _plain.Ids("order shipped", "order lost");
        _plain.TakeNews(counts: false).Categories.Select(category => category.CategoryId).ShouldBe([1, 2]);
        _plain.TakeNews(counts: true).IsEmpty.ShouldBeTrue();
        _plain.Ids("order lost", "order lost", "fan broken");
        _plain.TakeNews(counts: false).Categories.Select(category => category.CategoryId).ShouldBe([3]);
        _plain.TakeNews(counts: true).Categories.Select(category => (category.CategoryId, category.Matches)).ShouldBe([(2, 3L)]);
        _plain.Ids("order 1 shipped");
        _plain.TakeNews(counts: false).Categories.Single().Examples.ShouldBe(["order shipped", "order 1 shipped"]);
    }

    [Fact]
    public void Statistics_of_partitions_are_news_at_a_flush_and_when_the_status_changes()
    {
        var categorization = New(PerHost);
        categorization.IdsOf([("order shipped", "a"), ("order shipped", "b")]);
        categorization.TakeNews(counts: false).Partitions.ShouldBeEmpty();
        categorization.TakeNews(counts: true).Partitions.Select(partition => partition.PartitionFieldValue).ShouldBe(["a", "b"]);
        categorization.IdsOf([.. Enumerable.Repeat(("order shipped", "a"), 100).Select(record => ((string?)record.Item1, (string?)record.Item2))]);
        categorization.TakeNews(counts: false).Partitions.Single().ShouldSatisfyAllConditions(
            partition => partition.PartitionFieldValue.ShouldBe("a"),
            partition => partition.PartitionFieldName.ShouldBe("host"),
            partition => partition.Stats.Status.ShouldBe(CategorizationStatus.Warn),
            partition => partition.IsStopped.ShouldBeFalse());
        categorization.TakeNews(counts: true).Partitions.ShouldBeEmpty();
    }
}
