using MlActors.Datafeeds.Connections;

namespace MlActors.Datafeeds.Tests;

public sealed class SourcesPageTests
{
    [Fact]
    public void The_page_about_sources_has_the_tables_that_the_code_reads_by()
    {
        var text = File.ReadAllText(Place("tests/MlActors.Datafeeds.Tests/sources-page.md"));
        var page = SourcesPage.Render(text);
        if (Environment.GetEnvironmentVariable("MLACTORS_WRITE_DOCS") == "1") File.WriteAllText(Place("docs/users/datafeed-sources.md"), page);
        File.ReadAllText(Place("docs/users/datafeed-sources.md")).ShouldBe(page, "MLACTORS_WRITE_DOCS=1 ./test.sh SourcesPageTests writes it");
    }

    [Fact]
    public void Every_type_of_connections_is_on_the_page()
    {
        var page = File.ReadAllText(Place("docs/users/datafeed-sources.md"));
        foreach (var type in ConnectionTypes.All) page.ShouldContain($"`{type.Name}`");
    }

    internal static string Place(string path)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "MlActors.sln"))) root = root.Parent;
        return Path.Combine(root.FullName, path);
    }
}
