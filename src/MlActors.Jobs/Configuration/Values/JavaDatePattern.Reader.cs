using System.Runtime.CompilerServices;
using System.Text;

namespace MlActors.Jobs.Configuration.Values;

public sealed partial class JavaDatePattern
{
    [InlineArray((int)Field.Count)]
    private struct FieldValues
    {
        private long _first;
    }

    /// <summary>What was read so far; copied whole when an optional part is tried.</summary>
    private struct Parsed
    {
        public FieldValues Values;
        public uint Set;
        public int Position;
        public TimeZoneInfo? Zone;

        public readonly bool Has(Field field) => (Set & (1u << (int)field)) != 0;

        public readonly long Get(Field field, long missing = 0) => Has(field) ? Values[(int)field] : missing;

        /// <summary>A field that appears twice must say the same both times.</summary>
        public bool TrySet(Field field, long value)
        {
            if (Has(field)) return Values[(int)field] == value;
            Values[(int)field] = value;
            Set |= 1u << (int)field;
            return true;
        }
    }

    private ref partial struct Reader(ReadOnlySpan<byte> text)
    {
        private static readonly byte[][] Months = Names("January February March April May June July August September October November December");
        private static readonly byte[][] Days = Names("Monday Tuesday Wednesday Thursday Friday Saturday Sunday");

        private readonly ReadOnlySpan<byte> _text = text;
        private Parsed _parsed;

        public readonly bool AtEnd => _parsed.Position == _text.Length;

        private readonly ReadOnlySpan<byte> Rest => _text[_parsed.Position..];

        public bool Read(Step[] steps, int from, int to)
        {
            for (var i = from; i < to; i++)
            {
                ref readonly var step = ref steps[i];
                if (step.Kind == StepKind.Optional)
                {
                    var before = _parsed;
                    if (!Read(steps, i + 1, i + 1 + step.Length)) _parsed = before;
                    i += step.Length;
                }
                else if (!ReadStep(in step))
                {
                    return false;
                }
            }
            return true;
        }

        private bool ReadStep(ref readonly Step step)
        {
            switch (step.Kind)
            {
                case StepKind.Literal:
                    if (!Rest.StartsWith(step.Literal)) return false;
                    _parsed.Position += step.Literal!.Length;
                    return true;
                case StepKind.Number:
                    return ReadDigits(step.Min, step.Max, step.Reserved, out var number, out _) && _parsed.TrySet(step.Field, number);
                case StepKind.TwoDigitYear:
                    return ReadDigits(2, 2, 0, out var year, out _) && _parsed.TrySet(Field.Year, 2000 + year);
                case StepKind.Fraction:
                    if (!ReadDigits(step.Min, step.Max, 0, out var fraction, out var digits)) return false;
                    for (; digits < 9; digits++) fraction *= 10;
                    return _parsed.TrySet(Field.Nano, fraction);
                case StepKind.MonthName:
                    return ReadName(Months, step.Min, Field.Month);
                case StepKind.DayName:
                    return ReadName(Days, step.Min, Field.DayOfWeek);
                case StepKind.HalfDay:
                    return ReadHalfDay();
                case StepKind.Offset:
                    return ReadOffset(step.Offset);
                case StepKind.LocalOffset:
                    return ReadLocalOffset(full: step.Min == 4);
                default:
                    return ReadZone();
            }
        }

        private bool ReadDigits(int min, int max, int reserved, out long value, out int digits)
        {
            var rest = Rest;
            var available = 0;
            while (available < rest.Length && available < max + reserved && (uint)(rest[available] - '0') <= 9) available++;
            digits = reserved > 0 ? Math.Max(min, available - reserved) : available;
            value = 0;
            if (available < min || digits > max) return false;
            for (var i = 0; i < digits; i++) value = value * 10 + (rest[i] - '0');
            _parsed.Position += digits;
            return true;
        }

        private bool ReadName(byte[][] names, int width, Field field)
        {
            for (var i = 0; i < names.Length; i++)
            {
                var name = width == 3 ? names[i].AsSpan(0, 3) : names[i];
                if (Rest.Length < name.Length || !Ascii.EqualsIgnoreCase(Rest[..name.Length], name)) continue;
                _parsed.Position += name.Length;
                return _parsed.TrySet(field, i + 1);
            }
            return false;
        }

        private bool ReadHalfDay()
        {
            if (Rest.Length < 2 || (Rest[1] | 0x20) != 'm') return false;
            var half = (Rest[0] | 0x20) switch { 'a' => 0, 'p' => 1, _ => -1 };
            _parsed.Position += 2;
            return half >= 0 && _parsed.TrySet(Field.HalfDay, half);
        }

        private static byte[][] Names(string names) => [.. names.Split(' ').Select(Encoding.ASCII.GetBytes)];
    }
}
