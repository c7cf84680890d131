using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace MlActors.Quality.Nab;

/// <summary>The benchmark's files, which are not part of the repository.</summary>
public sealed class NabData(string directory)
{
    public const string DataVariable = "MLACTORS_NAB_DATA";
    public const string Missing = $"the Numenta Anomaly Benchmark is not there. Put it at ../shared/data/nab beside the repository or set {DataVariable}";

    /// <summary>The directory that <see cref="DataVariable"/> names, or the one beside the repository; <c>null</c> when there is none.</summary>
    public static NabData? Find([CallerFilePath] string source = "")
    {
        if (Environment.GetEnvironmentVariable(DataVariable) is { Length: > 0 } named) return IsThere(named) ? new NabData(named) : null;
        for (var at = Path.GetDirectoryName(source); at is not null; at = Path.GetDirectoryName(at))
            if (Path.Combine(at, "shared", "data", "nab") is var beside && IsThere(beside))
                return new NabData(beside);
        return null;
    }

    /// <summary>All series, in order of their names.</summary>
    public IReadOnlyList<NabFile> Files()
    {
        using var labels = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(directory, "labels", "combined_windows.json")));
        return [.. labels.RootElement.EnumerateObject().OrderBy(file => file.Name, StringComparer.Ordinal).Select(Read)];
    }

    /// <summary>Detectors whose output for every row lies beside the data.</summary>
    public IReadOnlyList<string> Detectors() =>
        [.. Directory.EnumerateDirectories(Path.Combine(directory, "results")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>What a detector gave each row of a series.</summary>
    public double[] Scores(string detector, NabFile file)
    {
        var (folder, name) = (file.Category, file.Name[(file.Category.Length + 1)..]);
        using var packed = File.OpenRead(Path.Combine(directory, "results", detector, folder, $"{detector}_{name}.gz"));
        using var reader = new StreamReader(new GZipStream(packed, CompressionMode.Decompress));
        return [.. Lines(reader).Select(cells => Number(cells[1]))];
    }

    /// <summary>The published score of a detector.</summary>
    public double Published(string detector, NabProfile profile)
    {
        using var scores = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(directory, "results", "final_results.json")));
        return scores.RootElement.GetProperty(detector).GetProperty(profile.Name).GetDouble();
    }

    private NabFile Read(JsonProperty labels)
    {
        using var reader = new StreamReader(Path.Combine(directory, "data", labels.Name));
        var rows = Lines(reader).Select(cells => (Time: Time(cells[0]), Value: Number(cells[1]))).ToArray();
        var times = rows.Select(row => row.Time).ToArray();
        // A time that is there twice means its first row.
        var windows = labels.Value.EnumerateArray().Select(window => new RowRange(Row(window[0]), Row(window[1]))).ToArray();
        return new NabFile(labels.Name, times, [.. rows.Select(row => row.Value)], windows);

        int Row(JsonElement time) => Array.IndexOf(times, Time(time.GetString()!)) is >= 0 and var row
            ? row
            : throw new InvalidDataException($"{labels.Name} has no row at {time.GetString()}, where a window begins or ends");
    }

    private static IEnumerable<string[]> Lines(StreamReader reader)
    {
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
            if (line.Length > 0)
                yield return line.Split(',');
    }

    private static bool IsThere(string directory) => Directory.Exists(Path.Combine(directory, "labels"));

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static long Time(string text) =>
        new DateTimeOffset(DateTime.ParseExact(text, ["yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.ffffff"], CultureInfo.InvariantCulture), TimeSpan.Zero).ToUnixTimeSeconds();
}
