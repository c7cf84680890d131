namespace MlActors.Jobs.Configuration.Values;

public sealed partial class JavaDatePattern
{
    private ref partial struct Reader
    {
        private const long DayNanos = 86_400_000_000_000;

        /// <summary>Puts the fields together; <c>false</c> when one is missing, out of range, or contradicts another.</summary>
        public readonly bool TryResolve(out long epochMs)
        {
            epochMs = 0;
            if (!TryResolveDate(out var date) || !TryResolveTime(out var nanos)) return false;
            // 24:00 is the start of the next day; there is none after the last.
            if (nanos == DayNanos && date == DateTime.MaxValue.Date) return false;
            var local = date.AddTicks(nanos / 100);
            long offset;
            if (_parsed.Has(Field.OffsetSeconds)) offset = _parsed.Get(Field.OffsetSeconds);
            else if (_parsed.Zone is not null) offset = ZoneNames.OffsetSeconds(_parsed.Zone, local);
            else offset = 0;
            // Whole ticks since year 1 are never negative, so this division rounds down on both sides of 1970.
            epochMs = local.Ticks / TimeSpan.TicksPerMillisecond - DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerMillisecond - offset * 1000;
            return true;
        }

        private readonly bool TryResolveDate(out DateTime date)
        {
            date = default;
            var year = _parsed.Get(Field.Year);
            if (year is < 1 or > 9999) return false;
            if (_parsed.Has(Field.Month) && _parsed.Has(Field.Day))
            {
                var (month, day) = (_parsed.Get(Field.Month), _parsed.Get(Field.Day));
                if (month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth((int)year, (int)month)) return false;
                date = new DateTime((int)year, (int)month, (int)day, 0, 0, 0, DateTimeKind.Unspecified);
                if (_parsed.Get(Field.DayOfYear, date.DayOfYear) != date.DayOfYear) return false;
            }
            else
            {
                var day = _parsed.Get(Field.DayOfYear);
                if (day < 1 || day > (DateTime.IsLeapYear((int)year) ? 366 : 365)) return false;
                date = new DateTime((int)year, 1, 1, 0, 0, 0, DateTimeKind.Unspecified).AddDays(day - 1);
                if (_parsed.Get(Field.Month, date.Month) != date.Month || _parsed.Get(Field.Day, date.Day) != date.Day) return false;
            }
            // Monday is 1, as in ISO 8601.
            var weekday = date.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)date.DayOfWeek;
            return _parsed.Get(Field.DayOfWeek, weekday) == weekday;
        }

        private readonly bool TryResolveTime(out long nanos)
        {
            nanos = 0;
            if (_parsed.Has(Field.NanoOfDay) || _parsed.Has(Field.MilliOfDay))
            {
                var ofDay = _parsed.Get(Field.NanoOfDay);
                var milli = _parsed.Get(Field.MilliOfDay);
                if (ofDay >= DayNanos || milli >= DayNanos / 1_000_000) return false;
                nanos = _parsed.Has(Field.NanoOfDay) ? ofDay : milli * 1_000_000;
                return !_parsed.Has(Field.MilliOfDay) || nanos / 1_000_000 == milli;
            }
            if (!TryResolveHour(out var hour)) return false;
            var (minute, second, nano) = (_parsed.Get(Field.Minute), _parsed.Get(Field.Second), _parsed.Get(Field.Nano));
            if (minute > 59 || second > 59 || nano > 999_999_999) return false;
            nanos = ((hour * 60 + minute) * 60 + second) * 1_000_000_000 + nano;
            return nanos <= DayNanos;
        }

        private readonly bool TryResolveHour(out long hour)
        {
            hour = -1;
            if (_parsed.Has(Field.HalfDay) && (_parsed.Has(Field.HalfDayHour) || _parsed.Has(Field.HalfDayClockHour)))
            {
                if (_parsed.Get(Field.HalfDayHour) > 11 || _parsed.Get(Field.HalfDayClockHour, 1) is < 1 or > 12) return false;
                var ofHalf = _parsed.Has(Field.HalfDayHour) ? _parsed.Get(Field.HalfDayHour) : _parsed.Get(Field.HalfDayClockHour) % 12;
                hour = ofHalf + 12 * _parsed.Get(Field.HalfDay);
            }
            if (_parsed.Has(Field.ClockHour))
            {
                if (_parsed.Get(Field.ClockHour) is < 1 or > 24) return false;
                var clock = _parsed.Get(Field.ClockHour) % 24;
                if (hour >= 0 && hour != clock) return false;
                hour = clock;
            }
            if (_parsed.Has(Field.Hour))
            {
                if (hour >= 0 && hour != _parsed.Get(Field.Hour)) return false;
                hour = _parsed.Get(Field.Hour);
            }
            if (hour is < 0 or > 24) return false;
            return !_parsed.Has(Field.HalfDay) || hour / 12 == _parsed.Get(Field.HalfDay);
        }
    }
}
