using MlActors.Node.Commands;

namespace MlActors.Node.Detecting;

/// <summary>What the columns of an input are.</summary>
/// <param name="Numbers">Columns of numbers, in order, the time not among them.</param>
/// <param name="Words">Columns of text whose values come again, in order.</param>
internal sealed record Columns(string Time, TimeForm Form, IReadOnlyList<string> Numbers, IReadOnlyList<string> Words)
{
    private const double FewestReadable = 0.9;

    private static readonly string[] TimeNames = ["@timestamp", "timestamp", "time", "datetime", "date_time", "date", "ts", "epoch", "_time"];

    /// <param name="time">The time column, when its name was given.</param>
    /// <param name="format">How times are written, when that was given.</param>
    /// <exception cref="CommandException">No column holds times.</exception>
    public static Columns Of(Sample sample, string? time, string? format)
    {
        var (column, form) = FindTime(sample, time, format);
        var others = sample.Columns.Where(name => name != column).ToArray();
        var numbers = others.Where(name => IsMostly(sample.Cells(name), Sample.IsNumber)).ToArray();
        return new Columns(column, form, numbers, [.. others.Except(numbers).Where(name => ComeAgain(sample.Cells(name)))]);
    }

    private static (string Column, TimeForm Form) FindTime(Sample sample, string? time, string? format)
    {
        if (time is not null)
        {
            if (!sample.Columns.Contains(time)) throw new UsageException($"--time: {Missing(time, sample)}");
            var form = format is not null ? new TimeForm(format) : TimeForm.OfNamed(sample.Cells(time));
            return (time, form ?? throw new UsageException($"--time: what is in column [{time}], such as [{sample.Cells(time).FirstOrDefault("")}], is not a time of a known form: say its form with --time-format"));
        }
        foreach (var name in sample.Columns.OrderBy(Rank))
        {
            var form = Rank(name) < TimeNames.Length ? TimeForm.OfNamed(sample.Cells(name)) : TimeForm.Of(sample.Cells(name));
            if (form is not null) return (name, format is null ? form : new TimeForm(format));
        }
        throw new CommandException($"no column holds times; there are {Shown(sample)}, and the first record is [{string.Join(", ", sample.Rows[0])}]: " +
            "name the column with --time, and with --time-format how its times are written (epoch, epoch_ms or a pattern such as yyyy-MM-dd HH:mm:ss)");
    }

    /// <summary>A message that a column is not there, with those that are.</summary>
    public static string Missing(string name, Sample sample)
    {
        var near = Gateway.Api.NearestName.Find(name, sample.Columns);
        return $"there is no column [{name}]{(near is null ? "" : $" (did you mean [{near}]?)")}; there are {Shown(sample)}";
    }

    private static string Shown(Sample sample) => $"[{string.Join(", ", sample.Columns)}]";

    private static int Rank(string name) => Array.FindIndex(TimeNames, known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) is >= 0 and var at ? at : TimeNames.Length;

    private static bool IsMostly(IEnumerable<string> cells, Func<string, bool> fits)
    {
        var (all, hits) = (0, 0);
        foreach (var cell in cells) (all, hits) = (all + 1, hits + (fits(cell) ? 1 : 0));
        return all > 0 && hits >= all * FewestReadable;
    }

    private static bool ComeAgain(IEnumerable<string> cells)
    {
        var (all, different) = (0, new HashSet<string>(StringComparer.Ordinal));
        foreach (var cell in cells)
        {
            all++;
            different.Add(cell);
        }
        return all > 0 && different.Count <= all / 2;
    }
}
