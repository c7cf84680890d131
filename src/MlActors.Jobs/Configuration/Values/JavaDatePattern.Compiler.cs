using System.Text;

namespace MlActors.Jobs.Configuration.Values;

public sealed partial class JavaDatePattern
{
    private sealed class Compiler(string pattern)
    {
        private readonly List<Step> _steps = [];
        private readonly HashSet<Field> _fields = [];
        private readonly Stack<int> _open = new();

        // The number of variable width that may have to leave digits to those behind it; −1 when digits do not follow directly.
        private int _flexible = -1;

        public string? Problem { get; private set; }

        public Step[]? Run()
        {
            if (pattern.Length is 0 or > MaxLength) Fail($"a date pattern has 1 to {MaxLength} characters");
            for (var i = 0; i < pattern.Length && Problem is null;)
            {
                var c = pattern[i];
                if (char.IsAsciiLetter(c))
                {
                    var start = i;
                    while (i < pattern.Length && pattern[i] == c) i++;
                    AddLetters(c, i - start);
                }
                else
                {
                    i = AddOther(i);
                }
            }
            while (_open.Count > 0) CloseOptional();
            if (Problem is null) RequireFullTimestamp();
            return Problem is null ? [.. _steps] : null;
        }

        private int AddOther(int i)
        {
            switch (pattern[i])
            {
                case '\'':
                    return AddQuoted(i);
                case '[':
                    _flexible = -1;
                    _open.Push(_steps.Count);
                    _steps.Add(new Step(StepKind.Optional));
                    return i + 1;
                case ']' when _open.Count == 0:
                    Fail("has a [ ] ] without a [ [ ] before it; put it into single quotes to mean the character");
                    return i;
                case ']':
                    _flexible = -1;
                    CloseOptional();
                    return i + 1;
                case '{' or '}' or '#':
                    Fail($"has the reserved character [{pattern[i]}]; put it into single quotes to mean the character");
                    return i;
                default:
                    // A character outside the basic plane is two of these and must not be torn apart.
                    var length = char.IsHighSurrogate(pattern[i]) && i + 1 < pattern.Length ? 2 : 1;
                    AddLiteral(pattern.Substring(i, length));
                    return i + length;
            }
        }

        private int AddQuoted(int i)
        {
            var text = new StringBuilder();
            for (var at = i + 1; at < pattern.Length; at++)
            {
                if (pattern[at] != '\'')
                {
                    text.Append(pattern[at]);
                }
                else if (at + 1 < pattern.Length && pattern[at + 1] == '\'')
                {
                    text.Append('\'');
                    at++;
                }
                else
                {
                    // Two quotes with nothing between them are one quote.
                    AddLiteral(text.Length == 0 ? "'" : text.ToString());
                    return at + 1;
                }
            }
            Fail("has a single quote that is not closed");
            return pattern.Length;
        }

        private void AddLiteral(string text)
        {
            _flexible = -1;
            _steps.Add(new Step(StepKind.Literal) { Literal = Encoding.UTF8.GetBytes(text) });
        }

        private void CloseOptional()
        {
            var at = _open.Pop();
            _steps[at] = _steps[at] with { Length = _steps.Count - at - 1 };
        }

        private void AddLetters(char letter, int count)
        {
            switch (letter, count)
            {
                case ('y' or 'u', 2): AddNumber(new Step(StepKind.TwoDigitYear) { Field = Field.Year, Min = 2, Max = 2 }); break;
                case ('y' or 'u', <= 3): AddNumber(Field.Year, count, 9); break;
                case ('y' or 'u', <= 9): AddNumber(Field.Year, count, count); break;
                case ('M' or 'L', <= 2): AddNumber(Field.Month, count, count == 1 ? 9 : 2); break;
                case ('M' or 'L', 3 or 4): AddText(StepKind.MonthName, Field.Month, count); break;
                case ('d', <= 2): AddNumber(Field.Day, count, count == 1 ? 9 : 2); break;
                case ('D', <= 3): AddNumber(Field.DayOfYear, count, count == 1 ? 9 : 3); break;
                case ('E', <= 4): AddText(StepKind.DayName, Field.DayOfWeek, Math.Max(count, 3)); break;
                case ('a', 1): AddText(StepKind.HalfDay, Field.HalfDay, 2); break;
                case ('H', <= 2): AddNumber(Field.Hour, count, count == 1 ? 9 : 2); break;
                case ('k', <= 2): AddNumber(Field.ClockHour, count, count == 1 ? 9 : 2); break;
                case ('K', <= 2): AddNumber(Field.HalfDayHour, count, count == 1 ? 9 : 2); break;
                case ('h', <= 2): AddNumber(Field.HalfDayClockHour, count, count == 1 ? 9 : 2); break;
                case ('m', <= 2): AddNumber(Field.Minute, count, count == 1 ? 9 : 2); break;
                case ('s', <= 2): AddNumber(Field.Second, count, count == 1 ? 9 : 2); break;
                case ('S', <= 9): AddNumber(new Step(StepKind.Fraction) { Field = Field.Nano, Min = count, Max = count }); break;
                case ('n', <= 18): AddNumber(Field.Nano, count, 18); break;
                case ('A', <= 18): AddNumber(Field.MilliOfDay, count, 18); break;
                case ('N', <= 18): AddNumber(Field.NanoOfDay, count, 18); break;
                case ('X' or 'x', <= 5): AddOffset(OffsetOf(count, allowZ: letter == 'X')); break;
                case ('Z', <= 3): AddOffset(OffsetOf(2, allowZ: false)); break;
                case ('Z', 5): AddOffset(OffsetOf(5, allowZ: true)); break;
                case ('Z', 4) or ('O', 1 or 4): AddText(StepKind.LocalOffset, Field.OffsetSeconds, count); break;
                case ('z', <= 4) or ('V', 2): AddText(StepKind.Zone, Field.OffsetSeconds, count); break;
                case ('Y', _): Fail("uses the letter [Y], the year of a week; use [y] for the year"); break;
                default: Fail($"has [{new string(letter, count)}], which means nothing here; put text into single quotes ('T')"); break;
            }
        }

        private static OffsetForm OffsetOf(int count, bool allowZ) => count switch
        {
            1 => new(allowZ, false, 1, 0),
            2 => new(allowZ, false, 2, 0),
            3 => new(allowZ, true, 2, 0),
            4 => new(allowZ, false, 2, 1),
            _ => new(allowZ, true, 2, 1),
        };

        private void AddOffset(OffsetForm form)
        {
            AddText(StepKind.Offset, Field.OffsetSeconds, 0);
            _steps[^1] = _steps[^1] with { Offset = form };
        }

        private void AddText(StepKind kind, Field field, int width)
        {
            _flexible = -1;
            _fields.Add(field);
            _steps.Add(new Step(kind) { Field = field, Min = width, Max = width });
        }

        private void AddNumber(Field field, int min, int max) => AddNumber(new Step(StepKind.Number) { Field = field, Min = min, Max = max });

        private void AddNumber(Step step)
        {
            _fields.Add(step.Field);
            if (step.Min != step.Max)
                _flexible = _steps.Count;
            else if (_flexible >= 0)
                _steps[_flexible] = _steps[_flexible] with { Reserved = _steps[_flexible].Reserved + step.Max };
            _steps.Add(step);
        }

        private void RequireFullTimestamp()
        {
            var date = Has(Field.Year) && (Has(Field.DayOfYear) || (Has(Field.Month) && Has(Field.Day)));
            var hour = Has(Field.Hour) || Has(Field.ClockHour) || Has(Field.MilliOfDay) || Has(Field.NanoOfDay);
            var half = Has(Field.HalfDayHour) || Has(Field.HalfDayClockHour);
            if (!date)
                Fail("does not give a full date; it needs the year, month and day (yyyy-MM-dd) or the year and day of year (yyyy-DDD)");
            else if (!hour && half && !Has(Field.HalfDay))
                Fail("has hours of half a day (h or K) without [a] for AM or PM");
            else if (!hour && !half)
                Fail("does not give the time of day; it needs at least the hour (HH)");

            bool Has(Field field) => _fields.Contains(field);
        }

        private void Fail(string message) => Problem ??= $"the date pattern [{pattern}] {message}";
    }
}
