using MlActors.Analysis.Categorization;
using Xunit.Abstractions;

namespace MlActors.Analysis.Tests.Categorization;

/// <summary>How well categories agree with the templates that lines were made of.</summary>
public class GroupingTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Lines_of_one_template_form_one_category(int seed) => Holds(new LogCorpus((ulong)seed), 0.99, 0.99, 0.99);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Messages_that_are_mostly_names_fall_apart_rather_than_together(int seed) => Holds(new LogCorpus((ulong)seed, hard: true), 0.92, 0.99, 0.97);

    private void Holds(LogCorpus corpus, double leastAccuracy, double leastPrecision, double leastRecall)
    {
        LabelledLine[] lines = [.. corpus.Lines(20_000)];
        var categorization = CategorizationRuns.New(CategorizationRuns.Plain);
        int[] ids = [.. lines.Chunk(1000).SelectMany(chunk => categorization.Ids([.. chunk.Select(line => line.Text)]))];
        var (accuracy, precision, recall) = Agreement(lines, ids);
        output.WriteLine($"{corpus.TemplateCount} templates, {categorization.Count} categories: grouping accuracy {accuracy:F4}, pairs precision {precision:F4}, recall {recall:F4}");
        foreach (var group in lines.Zip(ids).GroupBy(pair => pair.First.Label).Where(group => group.Select(pair => pair.Second).Distinct().Count() > 1))
            output.WriteLine($"split: {string.Join(" | ", group.GroupBy(pair => pair.Second).Select(part => $"{part.Count()}x {part.First().First.Text}"))}");
        foreach (var group in lines.Zip(ids).GroupBy(pair => pair.Second).Where(group => group.Select(pair => pair.First.Label).Distinct().Count() > 1))
            output.WriteLine($"mixed: {string.Join(" | ", group.GroupBy(pair => pair.First.Label).Select(part => $"{part.Count()}x {part.First().First.Text}"))}");
        accuracy.ShouldBeGreaterThan(leastAccuracy);
        precision.ShouldBeGreaterThan(leastPrecision);
        recall.ShouldBeGreaterThan(leastRecall);
        categorization.Stats.Status.ShouldBe(CategorizationStatus.Ok);
    }

    /// <summary>
    /// Grouping accuracy (J. Zhu et al., Tools and Benchmarks for Automated Log Parsing, ICSE-SEIP 2019): the share of lines whose category holds exactly
    /// the lines of their template. Precision and recall: of pairs of lines in one category, and of one template.
    /// </summary>
    private static (double Accuracy, double Precision, double Recall) Agreement(LabelledLine[] lines, int[] ids)
    {
        var cells = lines.Zip(ids).CountBy(pair => (pair.First.Label, Id: pair.Second)).ToList();
        var byLabel = cells.GroupBy(cell => cell.Key.Label).ToDictionary(group => group.Key, group => group.Sum(cell => cell.Value));
        var byId = cells.GroupBy(cell => cell.Key.Id).ToDictionary(group => group.Key, group => group.Sum(cell => cell.Value));
        var exact = cells.Where(cell => cell.Value == byLabel[cell.Key.Label] && cell.Value == byId[cell.Key.Id]).Sum(cell => cell.Value);
        var both = cells.Sum(cell => Pairs(cell.Value));
        return ((double)exact / lines.Length, both / byId.Values.Sum(Pairs), both / byLabel.Values.Sum(Pairs));

        static double Pairs(int count) => count * (count - 1.0) / 2;
    }
}
