using CsCheck;
using MlActors.Analysis.Categorization;

namespace MlActors.Analysis.Tests.Categorization;

public class CategoryIndexTests
{
    private const int Least = 75;

    // Few words, so that lines share some; no actions among them.
    private static readonly Gen<string> Lines = Gen.Int[0, 30].Select(i => $"{(char)('a' + (i % 26))}arn{(char)('a' + (i * 7 % 26))}").Array[0, 9].Select(words => string.Join(' ', words));

    [Fact]
    public void Whatever_a_line_could_join_is_found() => Gen.Select(Lines.Array[1, 80], Lines.Array[1, 20]).Sample((known, asked) =>
    {
        var space = new CategorySpace(new CategorizationSettings { FieldName = "message" }, new MemoryBudget(1L << 30));
        var index = new CategoryIndex(Least);
        var categories = new List<Category>();
        foreach (var text in known)
        {
            var category = space.Create(0, space.Read(text));
            index.Add(category);
            categories.Add(category);
        }
        foreach (var text in asked)
        {
            var line = space.Read(text);
            var found = index.Find(line).ToList();
            found.Select(category => category.Id).ShouldBeInOrder(SortDirection.Ascending);
            found.ShouldBeUnique();
            foreach (var category in categories)
            {
                var weight = space.Alignment.Weigh(line.Tokens, category);
                var joins = 100 * weight >= Least * Math.Max(line.Weight, category.BaseWeight);
                var encompassed = weight == category.Weight && line.Weight <= category.MaxWeight;
                if (joins || encompassed) found.ShouldContain(category);
                if (!joins || weight == category.Weight) continue;
                // As it is when a line joins.
                category.Keep(space.Alignment.Keep(line.Tokens, category));
                category.MaxWeight = Math.Max(category.MaxWeight, line.Weight);
                index.Widened(category);
            }
        }
    });

    [Fact]
    public void Of_many_templates_that_share_frequent_words_only_few_are_looked_at()
    {
        var space = new CategorySpace(new CategorizationSettings { FieldName = "message" }, new MemoryBudget(1L << 30));
        var index = new CategoryIndex(Least);
        for (var i = 0; i < 5000; i++) index.Add(space.Create(0, space.Read($"common words {Word(i)} {Word(i * 3)} {Word(i * 5)}")));
        index.Find(space.Read($"common words {Word(77)} {Word(231)} {Word(385)}")).Count.ShouldBeInRange(1, 20);

        static string Word(int i) => $"w{(char)('g' + (i % 18))}{(char)('g' + (i / 18 % 18))}{(char)('g' + (i / 324 % 18))}{(char)('g' + (i / 5832 % 18))}";
    }
}
