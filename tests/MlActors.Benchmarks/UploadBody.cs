using System.Net;
using System.Text;
using MlActors.Jobs.Configuration;

namespace MlActors.Benchmarks;

/// <summary>
/// NDJSON of records of 100 bytes, 100 records to a second of their time, made while it is sent: only the digits of the time change from block to block.
/// </summary>
/// <param name="from">How many went before it.</param>
internal sealed class UploadBody(long records, long from = 0) : HttpContent
{
    public const int RecordBytes = 100;
    private const int RecordsOfASecond = 100;
    private const int TimeAt = 8;
    private const long Start = 1_700_000_000;

    public const string JobBody =
        """
        {"analysis_config":{"bucket_span":"300s","influencers":["host"],
                            "detectors":[{"function":"mean","field_name":"responsetime","partition_field_name":"host"}]},
         "data_description":{"time_format":"epoch"}}
        """;

    public static JobConfig Config(string jobId) => JobConfigReader.ReadPut(jobId, Encoding.UTF8.GetBytes(JobBody), JobLimits.Default, DateTimeOffset.UnixEpoch);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        var block = Block();
        var perBlock = block.Length / RecordBytes;
        for (long sent = 0; sent < records; sent += perBlock)
        {
            Stamp(block, from + sent);
            await stream.WriteAsync(block.AsMemory(0, (int)Math.Min(perBlock, records - sent) * RecordBytes));
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = records * RecordBytes;
        return true;
    }

    private static byte[] Block()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 1000; i++)
        {
            var record = Text.Of($"{{\"time\":{Start},\"responsetime\":{i * 7919 % 100_000 / 100.0:F2},\"bytes\":{i * 104_729 % 1_000_000},\"host\":\"web-{i % 40:000}\",\"path\":\"");
            text.Append(record).Append('x', RecordBytes - record.Length - 3).Append("\"}\n");
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void Stamp(byte[] block, long first)
    {
        for (var i = 0; i < block.Length / RecordBytes; i++)
        {
            var time = Start + ((first + i) / RecordsOfASecond);
            for (var digit = 9; digit >= 0; digit--, time /= 10) block[(i * RecordBytes) + TimeAt + digit] = (byte)('0' + (time % 10));
        }
    }
}
