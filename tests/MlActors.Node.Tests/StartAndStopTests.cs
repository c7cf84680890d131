using MlActors.Node.Tests.Support;

namespace MlActors.Node.Tests;

public sealed class StartAndStopTests
{
    [Fact]
    public async Task A_second_server_on_the_same_data_ends_with_a_message_that_names_the_directory_and_the_first_goes_on_until_it_is_asked_to_stop()
    {
        using var space = new Workspace();
        await using var first = ServerProcess.Start(space.Data);
        using var client = new MlClient(await first.ListeningAsync());

        var second = await ServerProcess.RunAsync("serve", "--data", space.Data, "--urls", "http://127.0.0.1:0");
        second.ExitCode.ShouldBe(1);
        second.Error.ShouldContain(space.Data);
        second.Error.ShouldContain("in use by another server");
        second.Error.ShouldNotContain("   at ");

        (await client.SendAsync(HttpMethod.Get, "/_ml/info")).Expect(System.Net.HttpStatusCode.OK);
        first.Terminate();
        (await first.ExitAsync()).ShouldBe(0, first.Said);
    }

    [Fact]
    public async Task A_bad_configuration_is_refused_with_all_its_problems_and_nothing_is_made()
    {
        using var space = new Workspace();
        await File.WriteAllTextAsync(space.Config, """
            mlactors {
              jobs.max-unanalised = 16m
              limits.max-request-body = plenty
              watchdog.every = 0s
              storage.synchronous = sometimes
            }
            """);
        var result = await ServerProcess.RunAsync("serve", "--data", space.Data, "--config", space.Config);
        result.ExitCode.ShouldBe(2);
        foreach (var part in (string[])["jobs.max-unanalised", "limits.max-request-body", "plenty", "watchdog.every", "storage.synchronous", "sometimes"])
            result.Error.ShouldContain(part);
        Directory.Exists(space.Data).ShouldBeFalse();
    }

    [Fact]
    public async Task An_address_that_others_can_reach_is_refused_without_authentication()
    {
        using var space = new Workspace();
        var result = await ServerProcess.RunAsync("serve", "--data", space.Data, "--urls", "http://0.0.0.0:9200");
        result.ExitCode.ShouldBe(2);
        result.Error.ShouldContain("http://0.0.0.0:9200");
        result.Error.ShouldContain("switch authentication on or listen on http://localhost:9200");
        Directory.Exists(space.Data).ShouldBeFalse();
    }
}
