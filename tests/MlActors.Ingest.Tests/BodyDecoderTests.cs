using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Text;
using CsCheck;
using MlActors.Analysis.Input;

namespace MlActors.Ingest.Tests;

public sealed class BodyDecoderTests
{
    private static readonly byte[] Body = Encoding.UTF8.GetBytes(string.Concat(
        Enumerable.Range(0, 5000).Select(i => $"{{\"time\":{i},\"value\":{i},\"host\":\"h{i % 9}\"}}\n")));

    private static Stream Compressor(string encoding, Stream to) => encoding switch
    {
        "gzip" => new GZipStream(to, CompressionLevel.Fastest, leaveOpen: true),
        "deflate" => new ZLibStream(to, CompressionLevel.Fastest, leaveOpen: true),
        _ => new BrotliStream(to, CompressionLevel.Fastest, leaveOpen: true),
    };

    private static byte[] Compress(string encoding, byte[] body)
    {
        using var compressed = new MemoryStream();
        using (var compressor = Compressor(encoding, compressed)) compressor.Write(body);
        return compressed.ToArray();
    }

    private static async Task<(List<RecordBatch> Batches, InputCounts Totals)> Read(byte[] bytes, string? encoding)
    {
        await using var body = BodyDecoder.Open(PipeReader.Create(new ReadOnlySequence<byte>(bytes)), encoding);
        var reader = Uploads.Reader();
        return (await reader.ReadAll(body.Reader), reader.Totals);
    }

    [Theory]
    [InlineData("gzip", "gzip")]
    [InlineData("gzip", " GZip ")]
    [InlineData("gzip", "x-gzip")]
    [InlineData("deflate", "deflate")]
    [InlineData("br", "br")]
    public async Task A_compressed_body_gives_the_batches_of_the_plain_one(string compression, string header)
    {
        var plain = await Read(Body, null);
        var decoded = await Read(Compress(compression, Body), header);
        decoded.Batches.Select(Uploads.Dump).ShouldBe(plain.Batches.Select(Uploads.Dump));
        decoded.Totals.InputBytes.ShouldBe(Body.Length);
    }

    [Fact]
    public async Task Several_gzip_members_are_one_body()
    {
        var both = await Read([.. Compress("gzip", "{\"time\":1}\n{\"ti"u8.ToArray()), .. Compress("gzip", "me\":2}"u8.ToArray())], "gzip");
        both.Batches.Rows().ShouldBe(["1 - - -", "2 - - -"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("identity")]
    public async Task A_body_without_an_encoding_is_read_as_it_is(string? header) => (await Read(Body, header)).Totals.InputBytes.ShouldBe(Body.Length);

    [Theory]
    [InlineData("zstd")]
    [InlineData("gzip, gzip")]
    [InlineData("compress")]
    public void An_unknown_encoding_is_refused(string header) =>
        Should.Throw<UnsupportedContentEncodingException>(() => BodyDecoder.Open(PipeReader.Create(Stream.Null), header)).Encoding.ShouldBe(header);

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task A_body_that_is_not_what_it_says_is_refused(string encoding) =>
        (await Should.ThrowAsync<DamagedContentException>(() => Read(Body, encoding))).Encoding.ShouldBe(encoding);

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task A_compressed_body_that_is_cut_short_is_refused(string encoding)
    {
        var whole = Compress(encoding, Body);
        await Should.ThrowAsync<DamagedContentException>(() => Read(whole[..(whole.Length / 2)], encoding));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public void Damaged_compression_never_ends_in_another_error(string encoding)
    {
        var whole = Compress(encoding, Body[..3000]);
        Mutations.Any.Sample(mutate =>
        {
            try
            {
                Read(mutate(whole), encoding).GetAwaiter().GetResult();
            }
            catch (UnreadableInputException)
            {
                // The one way to fail that is allowed.
            }
        }, iter: 1_000);
    }
}
