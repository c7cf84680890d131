using System.Globalization;

namespace MlActors.Benchmarks;

/// <summary>Options of a benchmark, <c>--name value</c>.</summary>
internal static class Options
{
    public static int Number(string[] args, string name, int otherwise) => Numbers(args, name, [otherwise])[0];

    public static string? Word(string[] args, string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

    public static int[] Numbers(string[] args, string name, int[] otherwise) =>
        Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length
            ? [.. args[at + 1].Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture))]
            : otherwise;
}
