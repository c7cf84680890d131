using System.Buffers.Text;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Documents.Times;

/// <summary>
/// How a field writes dates: alternatives separated by <c>||</c>, each a named form or a pattern in Java's letters. Immutable and thread-safe.
/// </summary>
public sealed class DateFormat
{
    // Twelve thousand years on both sides: what six bytes of an id can say, and more than a date can.
    private const long MostMs = 1L << 47;

    private enum Form { Iso, Millis, Seconds, Pattern }

    private readonly ImmutableArray<(Form Form, JavaDatePattern? Pattern)> _forms;

    private DateFormat(string text, ImmutableArray<(Form, JavaDatePattern?)> forms) => (Text, _forms) = (text, forms);

    /// <summary>ISO 8601 or milliseconds since 1970: that of fields whose mapping names none.</summary>
    public static DateFormat Default { get; } = TryCreate("strict_date_optional_time||epoch_millis", out var format, out _) ? format : null!;

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>Whether a number means seconds rather than milliseconds.</summary>
    public bool IsSeconds => _forms.Any(form => form.Form == Form.Seconds) && !_forms.Any(form => form.Form == Form.Millis);

    /// <param name="problem">What is wrong and what would be right, when the answer is <c>false</c>.</param>
    public static bool TryCreate(string text, [NotNullWhen(true)] out DateFormat? format, out string problem)
    {
        format = null;
        problem = "";
        var forms = ImmutableArray.CreateBuilder<(Form, JavaDatePattern?)>();
        foreach (var part in text.Split("||"))
        {
            switch (part)
            {
                case "strict_date_optional_time" or "date_optional_time" or "strict_date_optional_time_nanos" or "strict_date_time" or "date_time"
                    or "strict_date_time_no_millis" or "date_time_no_millis" or "strict_date" or "date" or "iso8601" or "yyyy-MM-dd":
                    forms.Add((Form.Iso, null));
                    break;
                case "epoch_millis": forms.Add((Form.Millis, null)); break;
                case "epoch_second": forms.Add((Form.Seconds, null)); break;
                default:
                    if (!JavaDatePattern.TryCompile(part, out var pattern, out problem)) return false;
                    forms.Add((Form.Pattern, pattern));
                    break;
            }
        }
        format = new DateFormat(text, forms.ToImmutable());
        return true;
    }

    /// <summary>Reads the value of a field.</summary>
    /// <param name="isNumber">Whether it stands as a JSON number.</param>
    public bool TryParse(ReadOnlySpan<byte> utf8, bool isNumber, out long epochMs)
    {
        foreach (var (form, pattern) in _forms)
        {
            var read = form switch
            {
                Form.Iso => IsoTime.TryParse(utf8, out epochMs),
                Form.Millis => TryEpoch(utf8, 1, out epochMs),
                Form.Seconds => TryEpoch(utf8, 1000, out epochMs),
                _ => pattern!.TryParse(utf8, out epochMs),
            };
            if (read) return true;
        }
        epochMs = 0;
        // A number in a field of text dates is taken as what it is everywhere.
        return isNumber && !IsSeconds && TryEpoch(utf8, 1, out epochMs);
    }

    public bool TryParse(string text, out long epochMs) => TryParse(Encoding.UTF8.GetBytes(text), isNumber: false, out epochMs);

    private static bool TryEpoch(ReadOnlySpan<byte> utf8, long factor, out long epochMs)
    {
        if (Utf8Parser.TryParse(utf8, out long whole, out var length) && length == utf8.Length)
        {
            epochMs = unchecked(whole * factor);
            return whole is > -MostMs and < MostMs && epochMs is > -MostMs and < MostMs;
        }
        epochMs = 0;
        if (!Utf8Parser.TryParse(utf8, out double number, out length) || length != utf8.Length || !(Math.Abs(number * factor) < MostMs)) return false;
        epochMs = (long)Math.Floor(number * factor);
        return true;
    }
}
