using System.Globalization;
using System.Text;

namespace MlActors.Node.Tests.Detecting;

/// <summary>Made series: a daily wave in steps of five minutes, with one spike.</summary>
internal static class Made
{
    public const int Rows = 2000;
    public const int Spike = 1500;
    private const long Start = 1_704_067_200; // 2024-01-01

    public static string Time(int row) => DateTimeOffset.FromUnixTimeSeconds(Seconds(row)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public static long Seconds(int row) => Start + (row * 300L);

    public static double Value(int row, bool spike = true) => spike && row == Spike
        ? 500
        : Math.Round(100 + (20 * Math.Sin(row * Math.Tau / 288)) + (row * 7919 % 13 / 4.0), 3);

    public static string Csv(string header = "timestamp,value", string separator = ",")
    {
        var text = new StringBuilder(header).Append('\n');
        for (var row = 0; row < Rows; row++) text.Append(CultureInfo.InvariantCulture, $"{Time(row)}{separator}{Value(row)}\n");
        return text.ToString();
    }

    public static string LongForm()
    {
        var text = new StringBuilder("time,series,value\n");
        for (var row = 0; row < Rows; row++)
            foreach (var series in new[] { "web-1", "\"db, main\"" })
                text.Append(CultureInfo.InvariantCulture, $"{Seconds(row)},{series},{Value(row, series == "web-1")}\n");
        return text.ToString();
    }

    public static string Ndjson()
    {
        var text = new StringBuilder();
        for (var row = 0; row < Rows; row++) text.Append(CultureInfo.InvariantCulture, $"{{\"@timestamp\":{Seconds(row)}000,\"http\":{{\"ms\":{Value(row)}}}}}\n");
        return text.ToString();
    }
}
