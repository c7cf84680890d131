using System.Buffers.Binary;
using System.IO.Hashing;
using CsCheck;
using MlActors.Analysis.Contexts;
using MlActors.Analysis.Input;
using MlActors.Analysis.Rules;
using MlActors.Analysis.Tests.Support;
using static MlActors.Analysis.Tests.Support.Settings;

namespace MlActors.Analysis.Tests;

public class InputCodecTests
{
    private static readonly AnalysisSettings Used = Of(60, Detector("mean", "value", by: "host"), Detector("sum", "other", index: 1));

    // As a client writes it: the double that is nearest to so many digits.
    private static readonly Gen<double> Decimal = Gen.Select(Gen.Int, Gen.Int[0, 8], (digits, decimals) => digits / Math.Pow(10, decimals));

    private static readonly Gen<double> Number = Gen.Frequency(
        (5, Gen.Int[-200, 200].Select(i => (double)i)),
        (1, Gen.Int.Select(i => (double)i)),
        (1, Decimal),
        (1, Gen.Double),
        (1, Gen.Const(double.NaN)),
        (1, Gen.Const(-0.0)),
        (1, Gen.Const(double.NegativeInfinity)),
        (1, Gen.Const(BitConverter.Int64BitsToDouble(0x7FF8_0000_0000_1234))));

    private static Gen<double[]> Fractions(int count) => Gen.Int[0, 7].SelectMany(most =>
        Gen.Select(Gen.Int[-40_000, 40_000], Gen.Int[0, most], (digits, decimals) => digits / Math.Pow(10, decimals)).Array[count]);

    private static readonly Gen<string> Text = Gen.Frequency((5, Gen.String[0, 20]), (1, Gen.Const("Straße 東京 😀")), (1, Gen.Const("lone \ud800 surrogate")), (1, Gen.Const("")));

    private static readonly Gen<RecordBatch> Batches =
        from count in Gen.Int[0, 300]
        from times in Gen.Frequency((3, Gen.Long[-1_000_000, 2_000_000_000].Array[count + 3]), (1, Gen.Long.Array[count + 3]))
        from value in Gen.Frequency((1, Number.Array[count]), (1, Gen.Int[-100, 100].Select(i => (double)i).Array[count + 5]), (1, Decimal.Array[count]), (2, Fractions(count)))
        from other in Number.Array[count]
        from dictionary in Text.Array[1, 600].Select(all => all.Distinct().ToArray())
        from codes in Gen.Int[-1, dictionary.Length - 1].Array[count]
        from bytes in Gen.Long[0, 1L << 40]
        from missing in Gen.Long[0, 1000]
        select new RecordBatch(
            Used.Schema,
            count,
            times,
            [Column.OfNumbers(value), Column.OfText(codes, dictionary), Column.OfNumbers(other)],
            new InputCounts { InputBytes = bytes, InputFields = bytes / 3, InvalidDates = missing / 2, MissingFields = missing });

    [Fact]
    public void Batches_come_back_bit_for_bit() => Batches.Sample(
        batch =>
        {
            var back = ((RecordsInput)InputCodec.Decode(InputCodec.Encode(new RecordsInput(batch)), Used.Schema)).Batch;
            back.Count.ShouldBe(batch.Count);
            back.Input.ShouldBe(batch.Input);
            back.Times.AsSpan().SequenceEqual(batch.Times.AsSpan(0, batch.Count)).ShouldBeTrue();
            for (var i = 0; i < 3; i++)
            {
                if (batch.Columns[i].Numbers is { } numbers)
                {
                    back.Columns[i].Numbers!.Select(BitConverter.DoubleToInt64Bits).SequenceEqual(numbers.Take(batch.Count).Select(BitConverter.DoubleToInt64Bits)).ShouldBeTrue();
                    continue;
                }
                back.Columns[i].Codes!.AsSpan().SequenceEqual(batch.Columns[i].Codes.AsSpan(0, batch.Count)).ShouldBeTrue();
                back.Columns[i].Dictionary!.AsSpan().SequenceEqual(batch.Columns[i].Dictionary).ShouldBeTrue();
            }
        },
        iter: 1000);

    [Theory]
    [InlineData(127, 1)]
    [InlineData(128, 2)]
    [InlineData(-128, 2)]
    [InlineData(32767, 2)]
    [InlineData(-32768, 4)]
    [InlineData(int.MaxValue, 4)]
    [InlineData(int.MinValue, 8)]
    [InlineData(0.5, 1)]
    [InlineData(-12.7, 1)]
    [InlineData(12.8, 2)]
    [InlineData(327.67, 2)]
    [InlineData(-327.68, 4)]
    [InlineData(0.1 + 0.2, 8)]
    [InlineData(0.123456, 4)]
    [InlineData(0.1234567, 8)]
    [InlineData(2147483.647, 4)]
    [InlineData(2147483.648, 8)]
    [InlineData(1e300, 8)]
    [InlineData(double.PositiveInfinity, 8)]
    [InlineData(-0.0, 8)]
    public void Numbers_are_kept_in_the_fewest_bytes(double value, int width) => WidthOf(value, double.NaN).ShouldBe(width);

    [Theory]
    [InlineData(2147483647, 0.5, 8)]
    [InlineData(214748364, 0.5, 4)]
    [InlineData(0.25, 3276, 4)]
    [InlineData(0.25, 327, 2)]
    public void All_numbers_of_a_column_have_the_decimals_of_the_one_with_most(double value, double last, int width) => WidthOf(value, last).ShouldBe(width);

    private static int WidthOf(double value, double last)
    {
        var settings = Of(60, Detector("mean", "value"));
        var lengths = new[] { 1000, 2000 }.Select(count => InputCodec.Encode(new RecordsInput(new RecordBatch(settings.Schema, count, new long[count], [Column.OfNumbers([.. Values(count)])], default))).Length).ToArray();
        // The time of a record takes a byte.
        return ((lengths[1] - lengths[0]) / 1000) - 1;

        IEnumerable<double> Values(int count) => Enumerable.Repeat(value, count - 1).Append(last);
    }

    [Theory]
    [InlineData(254, 1)]
    [InlineData(255, 2)]
    [InlineData(65534, 2)]
    [InlineData(65535, 4)]
    public void Codes_take_the_width_that_the_dictionary_needs(int strings, int width)
    {
        var settings = Of(60, Detector("count", by: "host"));
        var dictionary = Enumerable.Range(0, strings).Select(i => i.ToString()).ToArray();
        var lengths = new[] { 1000, 2000 }.Select(count => Encode([.. Enumerable.Repeat(strings - 1, count - 1), -1]).Length).ToArray();
        (lengths[1] - lengths[0]).ShouldBe(1000 * (1 + width));
        var codes = ((RecordsInput)InputCodec.Decode(Encode([strings - 1, -1]), settings.Schema)).Batch.Columns[0].Codes!;
        codes.ShouldBe([strings - 1, -1]);

        byte[] Encode(int[] all) => InputCodec.Encode(new RecordsInput(new RecordBatch(settings.Schema, all.Length, new long[all.Length], [Column.OfText(all, dictionary)], default)));
    }

    [Fact]
    public void Other_inputs_come_back() => Gen.Select(Gen.Long, Gen.Long).Sample((a, b) =>
    {
        foreach (var input in new AnalysisInput[] { new AdvanceTimeInput(a), new SkipTimeInput(a), new ResetBucketsInput(a, b) })
            InputCodec.Decode(InputCodec.Encode(input), Used.Schema).ShouldBe(input);
    });

    [Fact]
    public void A_context_comes_back_and_has_one_form_only()
    {
        var bytes = InputCodec.Encode(Context());
        var back = InputCodec.Decode(bytes, Used.Schema).ShouldBeOfType<ContextInput>();
        InputCodec.Encode(back).ShouldBe(bytes);
        back.Context.Print.ShouldBe(Context().Context.Print);
        back.Context.Filters.Select(filter => $"{filter.FilterId}: {string.Join(' ', filter.Items)}").ShouldBe(["hosts: a* b", "none: "]);
        back.Context.Rules.Select(rule => (rule.Detector, rule.SkipResult, rule.SkipModelUpdate)).ShouldBe([(1, true, false), (0, false, true)]);
        back.Context.Rules[0].Scope.ShouldBe([new RuleScope(SplitField.By, "hosts", true), new RuleScope(SplitField.Partition, "none", false)]);
        back.Context.Rules[1].Conditions.ShouldBe([new RuleCondition(AppliesTo.DiffFromTypical, ConditionOperator.Lte, 0.25)]);
        back.Context.Events.ShouldBe([new ScheduledEvent("fair", 500, 600), new ScheduledEvent("sale", 1000, 1L << 33, SkipModelUpdate: false)]);

        (string.Join(' ', back.Context.Texts.Filters), back.Context.Texts.StopOnWarn).ShouldBe(("x+ y", true));

        var otherwise = new AnalysisContext(back.Context.Rules, back.Context.Filters.Reverse(), back.Context.Events.Reverse(), back.Context.Texts);
        InputCodec.Encode(new ContextInput(otherwise)).ShouldBe(bytes);
        AnalysisContext.Empty.Print.ShouldBe(0);
        new AnalysisContext([], [], [new ScheduledEvent("fair", 500, 600)]).Print.ShouldBeGreaterThan(0);
        new AnalysisContext([], [], [], new TextRules([], StopOnWarn: true)).Print.ShouldBeGreaterThan(0);
    }

    private static ContextInput Context() => new(new AnalysisContext(
        [
            new DetectionRule(1, true, false) { Scope = [new RuleScope(SplitField.By, "hosts", true), new RuleScope(SplitField.Partition, "none", false)] },
            new DetectionRule(0, false, true) { Conditions = [new RuleCondition(AppliesTo.DiffFromTypical, ConditionOperator.Lte, 0.25)] },
        ],
        [new FilterItems("none", []), new FilterItems("hosts", ["b", "a*", "b"])],
        [new ScheduledEvent("sale", 1000, 1L << 33, SkipModelUpdate: false), new ScheduledEvent("fair", 500, 600)],
        new TextRules(["x+", "y"], StopOnWarn: true)));

    [Fact]
    public void Every_flipped_bit_and_every_truncation_is_refused()
    {
        foreach (var input in new AnalysisInput[] { Small(), new AdvanceTimeInput(123456), new SkipTimeInput(-5), new ResetBucketsInput(10, 1L << 40), Context() })
        {
            var bytes = InputCodec.Encode(input);
            for (var i = 0; i < bytes.Length; i++)
            {
                for (var bit = 0; bit < 8; bit++)
                {
                    bytes[i] ^= (byte)(1 << bit);
                    Should.Throw<InvalidDataException>(() => InputCodec.Decode(bytes, Used.Schema), $"byte {i}");
                    bytes[i] ^= (byte)(1 << bit);
                }
                var cut = bytes.AsSpan(0, i).ToArray();
                Should.Throw<InvalidDataException>(() => InputCodec.Decode(cut, Used.Schema), $"length {i}");
            }
            InputCodec.Decode(bytes, Used.Schema);
        }
    }

    [Fact]
    public void Damage_under_a_valid_checksum_is_refused_or_decoded_without_allocating_beyond_measure()
    {
        Forge(InputCodec.Encode(Small()));
        Forge(InputCodec.Encode(Context()));
    }

    private static void Forge(byte[] bytes)
    {
        Gen.Int[4, bytes.Length - 9].Select(Gen.Byte, Gen.Byte, Gen.Byte).Sample(
            (at, a, b, c) =>
            {
                var forged = bytes.ToArray();
                forged[at] = a;
                forged[Math.Min(at + 1, forged.Length - 9)] = b;
                forged[Math.Min(at + 2, forged.Length - 9)] = c;
                Seal(forged);
                var before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    InputCodec.Decode(forged, Used.Schema);
                }
                catch (InvalidDataException)
                {
                    // Refused as it should be; any other exception fails the test.
                }
                (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100_000);
            },
            iter: 20_000);
    }

    [Fact]
    public void Another_version_kind_or_schema_is_named()
    {
        var bytes = InputCodec.Encode(Small());
        bytes[4] = 7;
        Should.Throw<InvalidDataException>(() => InputCodec.Decode(bytes, Used.Schema)).Message.ShouldContain("version 7");
        bytes[4] = 1;
        bytes[5] = 77;
        Seal(bytes);
        Should.Throw<InvalidDataException>(() => InputCodec.Decode(bytes, Used.Schema)).Message.ShouldContain("77");
        var other = Of(60, Detector("mean", "value", partition: "host"), Detector("sum", "another", index: 1)).Schema;
        Should.Throw<InvalidDataException>(() => InputCodec.Decode(InputCodec.Encode(Small()), other)).Message.ShouldContain("columns");
    }

    [Fact]
    public void Advancing_time_needs_no_schema_to_be_read() =>
        InputCodec.Decode(InputCodec.Encode(new AdvanceTimeInput(5)), new BatchSchema([])).ShouldBe(new AdvanceTimeInput(5));

    private static RecordsInput Small() => BatchBuilder.Records(
        Used,
        new Row(1_700_000_000, ("value", 1.5), ("host", "alpha"), ("other", 300)),
        new Row(1_700_000_060, ("value", -7.25), ("host", "beta")),
        new Row(1_700_000_030, ("host", "lone \ud800"), ("other", -70000)));

    private static void Seal(byte[] bytes) => BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(bytes.Length - 8), XxHash64.HashToUInt64(bytes.AsSpan(0, bytes.Length - 8)));
}
