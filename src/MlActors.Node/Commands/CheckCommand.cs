using System.CommandLine;
using MlActors.Datafeeds;
using MlActors.Datafeeds.Connections;

namespace MlActors.Node.Commands;

/// <summary><c>mlactors check</c>: tries everything that the server needs, without serving.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var command = new Command("check", "Check the configuration, try the storage and every connection, without serving");
        var common = new CommonOptions().AddTo(command, urls: true);
        command.SetAction((arguments, cancellation) => CommonOptions.RunAsync(async () =>
        {
            var config = common.Load(arguments);
            Console.WriteLine("configuration  ok");
            await using var storage = CommonOptions.Open(config);
            var health = await storage.CheckAsync(TimeSpan.FromSeconds(10));
            if (!health.Healthy) throw new CommandException($"the storage in [{storage.Place}] is not well: {health.Problem}");
            Console.WriteLine($"storage        ok  {storage.Place}: write {health.WriteTime.TotalMilliseconds:0.0} ms, read {health.ReadTime.TotalMilliseconds:0.0} ms, " +
                $"{health.DatabaseBytes >> 20} MiB{(health.FreeBytes < 0 ? "" : $", {health.FreeBytes >> 20} MiB free")}");
            return await ProbeAsync(config.Options.Connections, cancellation) ? 0 : 1;
        }));
        return command;
    }

    // All of them, so that one run says all that is wrong.
    private static async Task<bool> ProbeAsync(ConnectionSet connections, CancellationToken cancellation)
    {
        var answer = true;
        await using var sources = DatafeedsHosting.Create(connections);
        foreach (var connection in sources.Connections)
        {
            var problem = await sources.ProbeAsync(connection.Name, cancellation);
            answer &= problem is null;
            if (problem is null) Console.WriteLine($"connection     ok  {connection.Name}: {connection.Type} {connection.Address}");
            else Console.Error.WriteLine($"mlactors: {problem}");
        }
        return answer;
    }
}
