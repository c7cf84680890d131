using System.Data.Common;
using System.Globalization;

namespace MlActors.Datafeeds.Sql;

/// <summary>Gives a statement its range.</summary>
internal static class SqlTimes
{
    private const long MsPerSecond = 1000;

    /// <summary>
    /// Adds <c>@start</c> and <c>@end</c>. In whole seconds they are those around the range, and the rows beyond it are left out when they are read: so the
    /// text <c>12:00:00</c> compares rightly with <c>12:00:00.000</c> and <c>12:00:00Z</c>.
    /// </summary>
    public static void Add(DbCommand command, SqlDatabase database, SqlSettings settings, long fromMs, long toMs)
    {
        var form = settings.Form ?? database.DefaultForm;
        Add(SqlStatement.Start, fromMs, FloorSeconds(fromMs));
        Add(SqlStatement.End, toMs, -FloorSeconds(-toMs));

        void Add(string name, long ms, long seconds)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = name[1..];
            if (form == TimeForm.Timestamp) database.SetTimestamp(parameter, Date(ms));
            else parameter.Value = form switch { TimeForm.EpochMs => ms, TimeForm.Epoch => seconds, _ => Text(seconds) };
            command.Parameters.Add(parameter);
        }
    }

    private static object Text(long seconds) => Date(seconds * MsPerSecond).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static long FloorSeconds(long ms) => (ms - ((ms % MsPerSecond) + MsPerSecond) % MsPerSecond) / MsPerSecond;

    // A range from "the beginning" is before the first date there is.
    private static DateTime Date(long ms) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(ms, DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())).UtcDateTime;
}
