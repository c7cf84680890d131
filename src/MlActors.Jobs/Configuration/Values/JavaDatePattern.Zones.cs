using System.Text;

namespace MlActors.Jobs.Configuration.Values;

public sealed partial class JavaDatePattern
{
    private ref partial struct Reader
    {
        private const int MaxOffsetHours = 18;

        private bool ReadOffset(OffsetForm form)
        {
            if (form.AllowZ && Rest.StartsWith("Z"u8))
            {
                _parsed.Position++;
                return _parsed.TrySet(Field.OffsetSeconds, 0);
            }
            return ReadSignedOffset(form, minHourDigits: 2, out var seconds) && _parsed.TrySet(Field.OffsetSeconds, seconds);
        }

        /// <summary><c>GMT</c>, <c>GMT+1</c>, <c>GMT+01:30</c>.</summary>
        private bool ReadLocalOffset(bool full)
        {
            if (!Rest.StartsWith("GMT"u8)) return false;
            _parsed.Position += 3;
            if (Rest.IsEmpty || Rest[0] is not ((byte)'+' or (byte)'-')) return _parsed.TrySet(Field.OffsetSeconds, 0);
            var form = new OffsetForm(false, Colon: true, Minutes: full ? 2 : 1, Seconds: 1);
            return ReadSignedOffset(form, full ? 2 : 1, out var seconds) && _parsed.TrySet(Field.OffsetSeconds, seconds);
        }

        private bool ReadSignedOffset(OffsetForm form, int minHourDigits, out long seconds)
        {
            seconds = 0;
            if (Rest.IsEmpty || Rest[0] is not ((byte)'+' or (byte)'-')) return false;
            var sign = Rest[0] == '-' ? -1 : 1;
            _parsed.Position++;
            if (!ReadDigits(minHourDigits, 2, 0, out var hours, out _)) return false;
            if (!ReadPart(form.Minutes, form.Colon, out var minutes)) return false;
            var second = 0L;
            if (minutes >= 0 && !ReadPart(form.Seconds, form.Colon, out second)) return false;
            seconds = sign * ((hours * 60 + Math.Max(minutes, 0)) * 60 + Math.Max(second, 0));
            return Math.Abs(seconds) <= MaxOffsetHours * 3600L;
        }

        // Two digits of at most 59; −1 when they may be absent and are.
        private bool ReadPart(int presence, bool colon, out long value)
        {
            value = -1;
            if (presence == 0) return true;
            var rest = Rest;
            var skip = colon ? 1 : 0;
            var present = rest.Length >= skip + 2 && (!colon || rest[0] == ':')
                && char.IsAsciiDigit((char)rest[skip]) && char.IsAsciiDigit((char)rest[skip + 1]);
            if (!present) return presence == 1;
            value = (rest[skip] - '0') * 10 + (rest[skip + 1] - '0');
            _parsed.Position += skip + 2;
            return value <= 59;
        }

        /// <summary>A zone id (<c>Europe/Berlin</c>), an abbreviation (<c>CET</c>), <c>Z</c>, an offset, or <c>UTC</c>/<c>GMT</c> with an offset.</summary>
        private bool ReadZone()
        {
            var rest = Rest;
            var length = 0;
            while (length < rest.Length && IsZoneCharacter(rest[length])) length++;
            Span<char> name = stackalloc char[ZoneNames.MaxLength];
            var letters = 0;
            while (letters < length && char.IsAsciiLetter((char)rest[letters])) letters++;
            if (letters > name.Length || length == 0) return false;
            Encoding.ASCII.GetChars(rest[..letters], name);
            var prefix = name[..letters];
            var flexible = new OffsetForm(false, Colon: rest[letters..length].Contains((byte)':'), Minutes: 1, Seconds: 1);
            if (prefix is "" or "UTC" or "GMT" or "UT" && letters < length && rest[letters] is (byte)'+' or (byte)'-')
            {
                _parsed.Position += letters;
                return ReadSignedOffset(flexible, 1, out var offset) && _parsed.TrySet(Field.OffsetSeconds, offset);
            }
            if (ZoneNames.TryFindAbbreviation(prefix, out var seconds) && letters == length)
            {
                _parsed.Position += letters;
                return _parsed.TrySet(Field.OffsetSeconds, seconds);
            }
            if (length > name.Length) return false;
            Encoding.ASCII.GetChars(rest[..length], name);
            if (ZoneNames.Find(name[..length]) is not { } zone || (_parsed.Zone is not null && !_parsed.Zone.Equals(zone))) return false;
            _parsed.Zone = zone;
            _parsed.Position += length;
            return true;
        }

        private static bool IsZoneCharacter(byte b) => char.IsAsciiLetterOrDigit((char)b) || b is (byte)'/' or (byte)'_' or (byte)'+' or (byte)'-' or (byte)':';
    }
}
