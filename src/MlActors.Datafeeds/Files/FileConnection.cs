using MlActors.Datafeeds.Connections;

namespace MlActors.Datafeeds.Files;

/// <summary>The options of a connection to the files of a folder.</summary>
internal sealed class FileConnection(string name, string type, string root) : Connection(name, type, root)
{
    /// <summary>No file outside is ever read.</summary>
    public string Root => Address;

    /// <summary>After so long without a write, a last line without an end is a whole one.</summary>
    public TimeSpan SettleTime { get; init; } = TimeSpan.FromSeconds(30);

    public static ConnectionType ConnectionType { get; } = new("file", "The files of a folder of the server's machine.",
    [
        new("root", OptionForm.Folder, "", "The folder; nothing outside it is read, and links in it are not followed.") { Required = true },
        new("settle-time", OptionForm.Time, "30s", "A last line without a line break is taken when nothing was written to its file for so long."),
        ConnectionOption.QueryTimeout,
    ],
    read => new FileConnection(read.Name, read.TypeName, Path.GetFullPath(read.Text("root"))) { SettleTime = read.Time("settle-time"), QueryTimeout = read.QueryTimeout });
}
