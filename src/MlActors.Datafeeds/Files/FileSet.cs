using System.IO.Enumeration;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds.Files;

/// <summary>Finds the files that a pattern means, below a root and nowhere else.</summary>
internal static class FileSet
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = default, IgnoreInaccessible = false };

    /// <summary>What is wrong with a pattern; <c>null</c> when it stays below the root.</summary>
    public static string? Problem(string pattern)
    {
        if (pattern.Length == 0) return "is empty: name a file below the folder of the connection";
        if (Path.IsPathRooted(pattern) || pattern.Contains('\\')) return "must be a path below the folder of the connection, with / between its parts and none at its beginning";
        return pattern.Split('/').Any(part => part is "" or "." or "..") ? "must not have the parts [..], [.] or an empty one" : null;
    }

    /// <summary>The files, as paths below the root with <c>/</c> between their parts, in the order of their names.</summary>
    /// <exception cref="SourceException">There is none, or a part of the path is a link.</exception>
    public static IReadOnlyList<string> Find(FileConnection connection, string pattern)
    {
        if (Problem(pattern) is { } problem) throw new SourceException($"[source.path] {problem}", isPermanent: true);
        List<string> found = [""];
        var parts = pattern.Split('/');
        foreach (var (depth, part) in parts.Index()) found = [.. found.SelectMany(folder => Below(connection.Root, folder, part, isFile: depth == parts.Length - 1))];
        if (found.Count == 0) throw new SourceException($"connection [{connection.Name}]: there is no file [{pattern}] in [{connection.Root}]");
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    private static IEnumerable<string> Below(string root, string folder, string part, bool isFile)
    {
        var entries = new DirectoryInfo(Path.Combine(root, folder)).EnumerateFileSystemInfos("*", Everything);
        foreach (var entry in entries)
        {
            // A link could lead anywhere, so it is nothing that the pattern means.
            if (entry.LinkTarget is not null || (entry is FileInfo) != isFile || !FileSystemName.MatchesSimpleExpression(part, entry.Name, ignoreCase: false)) continue;
            yield return folder.Length == 0 ? entry.Name : $"{folder}/{entry.Name}";
        }
    }
}
