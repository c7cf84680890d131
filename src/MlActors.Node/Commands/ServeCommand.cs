using System.CommandLine;
using MlActors.Node.Clustering;
using MlActors.Node.Serving;
using MlActors.Storage;

namespace MlActors.Node.Commands;

/// <summary><c>mlactors serve</c>: the plain server.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var command = new Command("serve", "Run the server");
        var common = new CommonOptions().AddTo(command, urls: true);
        command.SetAction((arguments, _) => CommonOptions.RunAsync(async () =>
        {
            var config = common.Load(arguments);
            await using var app = ServerHost.Build(config);
            try
            {
                await app.StartAsync();
            }
            catch (OperationCanceledException) when (app.Services.GetRequiredService<NodeEnd>().WasGivenUp)
            {
                return NodeEnd.ExitCode;
            }
            Console.WriteLine($"MlActors {Jobs.ServerInfo.Version} listens on {string.Join(", ", app.Urls)}; data in {(config.Options.Postgres is null ? config.Options.Storage.DataDirectory : app.Services.GetRequiredService<IStorage>().Place)}");
            await app.WaitForShutdownAsync();
            return app.Services.GetRequiredService<NodeEnd>().WasGivenUp ? NodeEnd.ExitCode : 0;
        }));
        return command;
    }
}
