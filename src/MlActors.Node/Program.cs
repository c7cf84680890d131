using System.CommandLine;
using MlActors.Node.Commands;

return await new RootCommand("MlActors: an anomaly-detection server")
{
    ServeCommand.Create(),
    DemoCommand.Create(),
    DescribeCommand.Create(),
    CheckCommand.Create(),
    UsersCommand.Create(),
    KeysCommand.Create(),
    BackupCommand.Create(),
}.Parse(args).InvokeAsync();
