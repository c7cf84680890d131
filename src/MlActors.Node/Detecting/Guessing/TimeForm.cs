using System.Globalization;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Node.Detecting;

/// <summary>A way to write times.</summary>
/// <param name="Format">As <c>data_description.time_format</c> takes it.</param>
/// <param name="Suffix">What is put behind each time for the format to fit: a day alone has its midnight meant.</param>
internal sealed record TimeForm(string Format, string Suffix = "")
{
    private const double FewestReadable = 0.9;
    private const string Seconds = "epoch";
    private const string Milliseconds = "epoch_ms";

    private static readonly TimeForm MonthFirst = new("M/d/yyyy H:mm[:ss]");
    private static readonly TimeForm DayFirst = new("d/M/yyyy H:mm[:ss]");

    // The plain ones first: the readers of records know them by heart.
    private static readonly TimeForm[] Written =
    [
        new("yyyy-MM-dd HH:mm:ss"),
        new("yyyy-MM-dd'T'HH:mm:ssX"),
        new("yyyy-MM-dd'T'HH:mm:ss"),
        new("yyyy-MM-dd'T'HH:mm:ss.SSSX"),
        new("yyyy-MM-dd'T'HH:mm:ss.SSS"),
        new("yyyy-MM-dd HH:mm:ss.SSS"),
        new("yyyy-MM-dd'T'HH:mm:ss.SSSSSSX"),
        new("yyyy-MM-dd HH:mm:ss.SSSSSS"),
        new("yyyy-MM-dd HH:mm:ssXXX"),
        new("yyyy-MM-dd'T'HH:mm[:ss[.SSSSSSSSS][.SSSSSSS][.SSSSSS][.SSSSS][.SSSS][.SSS][.SS][.S]][XXX][XX][X]"),
        new("yyyy-MM-dd HH:mm[:ss[.SSSSSSSSS][.SSSSSSS][.SSSSSS][.SSSSS][.SSSS][.SSS][.SS][.S]][XXX][XX][X]"),
        new("yyyy-MM-dd HH", " 00"),
        new("yyyy/MM/dd HH:mm[:ss]"),
        new("yyyyMMdd'T'HHmmss[X]"),
        new("dd.MM.yyyy HH:mm[:ss]"),
        MonthFirst,
        DayFirst,
        new("dd/MMM/yyyy:HH:mm:ss Z"),
    ];

    private readonly Lazy<JavaDatePattern?> _pattern = new(() => JavaDatePattern.TryCompile(Format, out var pattern, out _) ? pattern : null);

    /// <summary>How the texts of a column are written, if they are times: numbers only from 1973 to 2100, as seconds or milliseconds.</summary>
    public static TimeForm? Of(IEnumerable<string> texts)
    {
        string[] sample = [.. texts];
        if (sample.Length == 0) return null;
        var enough = (int)Math.Ceiling(sample.Length * FewestReadable);
        if (Sample.IsNumber(sample[0]))
        {
            if (sample.Count(text => InYears(text, 1)) >= enough) return new(Seconds);
            return sample.Count(text => InYears(text, 1000)) >= enough ? new(Milliseconds) : null;
        }
        return Written.FirstOrDefault(form => sample.Count(text => form.TryParse(text, out _)) >= enough);
    }

    /// <summary>Numbers in a column that is said to hold times are seconds, unless they are so large that they must be milliseconds.</summary>
    public static TimeForm? OfNamed(IEnumerable<string> texts)
    {
        string[] sample = [.. texts];
        return Of(sample) ?? (sample.Length > 0 && sample.All(text => Sample.IsNumber(text) && Math.Abs(Number(text)) < 1e11) ? new(Seconds) : null);
    }

    /// <summary>The other way to read the same texts, when nothing in them says which is meant; <c>null</c> when there is none.</summary>
    public TimeForm? Otherwise(IEnumerable<string> texts) => this == MonthFirst && texts.All(text => DayFirst.TryParse(text, out _)) ? DayFirst : null;

    /// <summary>Milliseconds since 1970, for times that were found to be of this form.</summary>
    public bool TryParse(string text, out long epochMs)
    {
        epochMs = 0;
        if (Format is not (Seconds or Milliseconds))
            return _pattern.Value?.TryParse(text + Suffix, out epochMs) ?? false;
        if (!Sample.IsNumber(text)) return false;
        epochMs = (long)Math.Floor(Number(text) * (Format is Seconds ? 1000 : 1));
        return true;
    }

    private static bool InYears(string text, double unitsPerSecond) =>
        Sample.IsNumber(text) && Number(text) / unitsPerSecond is >= 1e8 and <= 4.2e9;

    private static double Number(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
}
