using MlActors.Analysis.Input;
using MlActors.Analysis.Tests.Support;
using static MlActors.Analysis.Tests.Categorization.CategorizationRuns;

namespace MlActors.Analysis.Tests.Categorization;

[Collection(nameof(MeasuredAlone))]
public class CategorizationMemoryTests
{
    [Fact]
    public void A_known_line_costs_no_allocation()
    {
        var corpus = new LogCorpus(9);
        var categorization = New(Plain);
        string[] texts = [.. corpus.Lines(4000).Select(line => line.Text)];
        var schema = SchemaOf(Plain);
        var batch = new RecordBatch(schema, texts.Length, new long[texts.Length], [TextColumn(texts)], default);
        categorization.Categorize(batch);
        categorization.Categorize(batch);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++) categorization.Categorize(batch);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1000);
    }

    [Fact]
    public void The_bytes_counted_are_about_those_held()
    {
        var words = Enumerable.Range(0, 4000).Select(i => $"{Word(i)} {Word(i * 7)} {Word(i * 13)} {Word(i * 31)} happened").ToArray();
        var batch = new RecordBatch(SchemaOf(Plain), words.Length, new long[words.Length], [TextColumn(words)], default);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var categorization = New(Plain with { ExamplesLimit = 0 });
        var empty = GC.GetTotalMemory(forceFullCollection: true) - before;
        var counted = categorization.Bytes;
        before = GC.GetTotalMemory(forceFullCollection: true);
        categorization.Categorize(batch);
        var held = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(categorization);
        categorization.Count.ShouldBeGreaterThan(2000);
        ((double)(categorization.Bytes - counted) / held).ShouldBeInRange(0.5, 1.5, $"counted {categorization.Bytes - counted}, held {held}, empty {empty}");

        static string Word(int i) => string.Concat(Enumerable.Range(0, 5).Select(at => (char)('a' + (((i + 17) * 2654435761L >> (at * 4)) % 20 + 20) % 20)));
    }
}
