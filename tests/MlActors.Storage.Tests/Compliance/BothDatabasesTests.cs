namespace MlActors.Storage.Tests.Compliance;

public sealed class BothDatabasesTests
{
    [Fact]
    public void Every_suite_of_the_contract_is_run_on_every_database()
    {
        var types = typeof(ComplianceSuite).Assembly.GetTypes();
        var suites = types.Where(type => type.BaseType == typeof(ComplianceSuite)).ToList();
        suites.Count.ShouldBeGreaterThan(12);
        foreach (var suite in suites)
            string.Join(' ', types.Where(type => type.BaseType == suite).Select(type => type.Namespace!.Split('.')[^1]).Order()).ShouldBe("Postgres Sqlite", suite.Name);
    }
}
