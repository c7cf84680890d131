using System.CommandLine;
using MlActors.Node.Commands;
using MlActors.Node.Detecting;

var command = new RootCommand("MlActors: an anomaly-detection server")
{
    ServeCommand.Create(),
    DemoCommand.Create(),
    DetectCommand.Create(),
    DescribeCommand.Create(),
    CheckCommand.Create(),
    UsersCommand.Create(),
    KeysCommand.Create(),
    BackupCommand.Create(),
    StorageCommand.Create(),
}.Parse(args);
var code = await command.InvokeAsync();
// A command line that makes no sense is told apart from a command that failed.
return command.Errors.Count > 0 ? 2 : code;
