using MlActors.Analysis.Input;
using MlActors.Jobs.Storage;

namespace MlActors.Storage.Tests.Compliance;

public abstract class InputLogCompliance(StorageUnderTest subject) : ComplianceSuite(subject)
{
    [Fact]
    public async Task Inputs_come_back_in_order_with_kind_and_payload()
    {
        await WriteAsync(Make.Input("a", 1, 1, 2), new AppendInput("a", 2, InputKind.AdvanceTime, [3]), new AppendInput("a", 3, InputKind.ResetBuckets, []));
        var inputs = await Storage.Jobs.ReadInputsAsync("a", 0, 1000);
        inputs.Select(input => (input.Seq, input.Kind, Convert.ToHexString(input.Payload)))
            .ShouldBe([(1, InputKind.Records, "0102"), (2, InputKind.AdvanceTime, "03"), (3, InputKind.ResetBuckets, "")]);
    }

    [Fact]
    public async Task Reading_gives_at_least_one_input_then_as_many_as_fit()
    {
        await WriteAsync(Make.Input("a", 1, new byte[100]), Make.Input("a", 2, new byte[100]), Make.Input("a", 3, new byte[100]));
        (await Storage.Jobs.ReadInputsAsync("a", 0, 10)).Select(input => input.Seq).ShouldBe([1L]);
        (await Storage.Jobs.ReadInputsAsync("a", 0, 200)).Select(input => input.Seq).ShouldBe([1L, 2L]);
        (await Storage.Jobs.ReadInputsAsync("a", 2, 200)).Select(input => input.Seq).ShouldBe([3L]);
        (await Storage.Jobs.ReadInputsAsync("a", 3, 200)).ShouldBeEmpty();
        (await Storage.Jobs.ReadInputsAsync("b", 0, 200)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_number_that_is_taken_or_skipped_is_refused_as_a_conflict()
    {
        await WriteAsync(Make.Input("a", 1, 1), Make.Input("a", 2, 1));
        foreach (var seq in new long[] { 1, 2, 4 })
            (await Should.ThrowAsync<StoreException>(() => WriteAsync(Make.Input("a", seq, 9)))).Failure.ShouldBe(StoreFailure.Conflict);
        await WriteAsync(Make.Input("a", 3, 1));
        (await Storage.Jobs.ReadInputsAsync("a", 0, 1000)).Select(input => (input.Seq, input.Payload[0])).ShouldBe([(1, 1), (2, 1), (3, 1)]);
    }

    [Fact]
    public async Task Of_two_owners_who_append_the_same_number_one_is_refused()
    {
        var first = WriteAsync(Make.Input("a", 1, 1));
        var second = WriteAsync(Make.Input("a", 1, 2));
        await first;
        (await Should.ThrowAsync<StoreException>(() => second)).Failure.ShouldBe(StoreFailure.Conflict);
        (await Storage.Jobs.ReadInputsAsync("a", 0, 1000)).Single().Payload.ShouldBe([1]);
    }

    [Fact]
    public async Task The_row_of_an_owner_who_does_not_know_the_newest_input_is_refused()
    {
        await WriteAsync(Make.Input("a", 1, 1), new PutStatus(Make.Status("a") with { InputSeq = 1 }));
        await WriteAsync(Make.Input("a", 2, 1), new PutStatus(Make.Status("a") with { InputSeq = 2 }));
        foreach (var seq in new long[] { 0, 1, 3 })
            (await Should.ThrowAsync<StoreException>(() => WriteAsync(new PutStatus(Make.Status("a") with { InputSeq = seq })))).Failure.ShouldBe(StoreFailure.Conflict);
        await WriteAsync(new PutStatus(Make.Status("a") with { InputSeq = 2, Reason = "mine" }));
        (await Storage.Jobs.ReadStatusAsync("a"))!.Reason.ShouldBe("mine");
    }

    [Fact]
    public async Task Trimming_drops_inputs_up_to_a_number_and_numbering_goes_on()
    {
        await WriteAsync(Make.Input("a", 1, 1), Make.Input("a", 2, 1), Make.Input("a", 3, 1), Make.Input("b", 1, 1));
        await WriteAsync(new TrimInputs("a", 2));
        (await Storage.Jobs.ReadInputsAsync("a", 0, 1000)).Select(input => input.Seq).ShouldBe([3L]);
        (await Storage.Jobs.ReadInputsAsync("b", 0, 1000)).Count.ShouldBe(1);
        await WriteAsync(new TrimInputs("a", 3));
        await ReopenAsync();
        await WriteAsync(Make.Input("a", 4, 1));
        (await Storage.Jobs.ReadInputsAsync("a", 0, 1000)).Select(input => input.Seq).ShouldBe([4L]);
    }

    [Fact]
    public async Task A_number_whose_input_was_trimmed_cannot_be_taken_again()
    {
        await WriteAsync(Make.Input("a", 1, 1), Make.Input("a", 2, 1), new TrimInputs("a", 2));
        foreach (var seq in new long[] { 1, 2 })
            (await Should.ThrowAsync<StoreException>(() => WriteAsync(Make.Input("a", seq, 9)))).Failure.ShouldBe(StoreFailure.Conflict);
    }

    [Fact]
    public async Task A_new_log_starts_at_any_number()
    {
        await WriteAsync(Make.Input("a", 41, 1), Make.Input("a", 42, 1));
        (await Storage.Jobs.ReadInputsAsync("a", 0, 1000)).Select(input => input.Seq).ShouldBe([41L, 42L]);
    }

    [Fact]
    public async Task An_upload_is_remembered_piece_by_piece_with_the_answer_of_each()
    {
        (await Storage.Jobs.ReadUploadAsync("a", "u")).ShouldBeNull();
        await WriteAsync(new PutUploadPiece("a", "u", 0, ulong.MaxValue, [1], Last: false, 10));
        var begun = await Storage.Jobs.ReadUploadAsync("a", "u");
        begun!.Whole.ShouldBeFalse();
        begun.Pieces.Single().Checksum.ShouldBe(ulong.MaxValue);
        begun.Pieces.Single().Answer.ShouldBe([1]);
        await WriteAsync(new PutUploadPiece("a", "u", 1, 7, [123, 125], Last: true, 11), new PutUploadPiece("b", "u", 0, 1, [], Last: true, 11));
        var whole = await Storage.Jobs.ReadUploadAsync("a", "u");
        whole!.Whole.ShouldBeTrue();
        whole.Pieces.Select(piece => (piece.Checksum, Convert.ToHexString(piece.Answer))).ShouldBe([(ulong.MaxValue, "01"), (7UL, "7B7D")]);
        (await Storage.Jobs.ReadUploadAsync("b", "u"))!.Pieces.Single().Answer.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_piece_sent_again_keeps_its_first_answer_and_is_refused_when_it_differs()
    {
        await WriteAsync(new PutUploadPiece("a", "u", 0, 5, [1], Last: false, 10));
        await WriteAsync(new PutUploadPiece("a", "u", 0, 5, [2], Last: false, 20));
        foreach (var other in new[] { new PutUploadPiece("a", "u", 0, 6, [1], Last: false, 30), new PutUploadPiece("a", "u", 0, 5, [1], Last: true, 30) })
            (await Should.ThrowAsync<StoreException>(() => WriteAsync(other))).Failure.ShouldBe(StoreFailure.Conflict);
        var upload = await Storage.Jobs.ReadUploadAsync("a", "u");
        upload!.Whole.ShouldBeFalse();
        (upload.Pieces.Single().Checksum, upload.Pieces.Single().Answer.Single()).ShouldBe((5UL, (byte)1));
    }

    [Fact]
    public async Task Trimming_forgets_whole_uploads_but_the_newest_of_the_job()
    {
        const int Old = 3;
        await WriteAsync(new PutUploadPiece("b", "other job", 0, 1, [], Last: true, 0));
        await WriteAsync([.. Enumerable.Range(0, TrimInputs.UploadsKept + Old).Select(i => new PutUploadPiece("a", $"u{i}", 0, 1, [], Last: i != 0, 10 + i))]);
        await WriteAsync(new PutUploadPiece("a", "u0", 1, 1, [], Last: true, 1_000_000));
        await WriteAsync(new TrimInputs("a", 0));

        (await Storage.Jobs.ReadUploadAsync("a", "u0"))!.Pieces.Count.ShouldBe(2, "begun long ago, but sent to just now");
        for (var i = 1; i <= Old + 1; i++)
            (await Storage.Jobs.ReadUploadAsync("a", $"u{i}") is null).ShouldBe(i <= Old, $"u{i}");
        (await Storage.Jobs.ReadUploadAsync("b", "other job")).ShouldNotBeNull();
    }

    [Fact]
    public async Task An_input_set_aside_outlives_the_trimming_of_the_log()
    {
        await WriteAsync(Make.Input("a", 1, 1), Make.Input("a", 2, 22), new QuarantineInput("a", 2, "it failed", 99), new TrimInputs("a", 2));
        var kept = (await Storage.Jobs.ReadQuarantineAsync("a")).Single();
        (kept.Seq, kept.Kind, kept.Reason, kept.TimeMs, kept.Payload[0]).ShouldBe((2, InputKind.Records, "it failed", 99, (byte)22));
        await WriteAsync(new QuarantineInput("a", 2, "again", 100));
        (await Storage.Jobs.ReadQuarantineAsync("a")).Single().Payload.ShouldBe([22]);
    }

    [Fact]
    public async Task An_input_that_is_nowhere_cannot_be_set_aside() =>
        (await Should.ThrowAsync<StoreException>(() => WriteAsync(new QuarantineInput("a", 1, "x", 0)))).Failure.ShouldBe(StoreFailure.Conflict);

    [Fact]
    public async Task Work_is_deleted_in_pieces_until_nothing_is_left()
    {
        await WriteAsync([.. Enumerable.Range(1, 25).Select(seq => Make.Input("a", seq, 1))]);
        await WriteAsync([.. Enumerable.Range(0, 15).Select(piece => new PutUploadPiece("a", "u", piece, 1, [], Last: false, 0))]);
        await WriteAsync([.. Enumerable.Range(1, 5).Select(seq => new QuarantineInput("a", seq, "x", 0))]);
        await WriteAsync([.. Enumerable.Range(1, 12).Select(id => new PutSnapshot(Make.Snapshot("a", id.ToString()), [1]))]);
        await WriteAsync(Make.Input("b", 1, 1), new PutSnapshot(Make.Snapshot("b", "1"), [1]));

        await WriteAsync(new DeleteWork("a", 10));
        (await Storage.Jobs.ReadInputsAsync("a", 0, 1000)).Count.ShouldBe(15);
        (await Storage.Jobs.ListSnapshotsAsync("a")).Count.ShouldBe(2);
        (await Storage.Jobs.ReadUploadAsync("a", "u")).ShouldBeNull("the pieces left do not start at 0");
        (await Storage.Jobs.ReadQuarantineAsync("a")).ShouldBeEmpty();

        var rounds = 1;
        for (; await Storage.Jobs.HasWorkAsync("a"); rounds++) await WriteAsync(new DeleteWork("a", 10));
        rounds.ShouldBe(3);
        (await Storage.Jobs.ReadInputsAsync("b", 0, 1000)).Count.ShouldBe(1);
        (await Storage.Jobs.HasWorkAsync("b")).ShouldBeTrue();
    }

    [Fact]
    public async Task After_its_work_is_deleted_a_job_may_count_anew_or_go_on()
    {
        await WriteAsync(Make.Input("a", 1, 1), Make.Input("a", 2, 1), Make.Input("b", 1, 1));
        await WriteAsync(new DeleteWork("a", 100), new DeleteWork("b", 100));
        await WriteAsync(Make.Input("a", 1, 1), Make.Input("b", 2, 1));
    }

    [Fact]
    public async Task Each_kind_of_row_counts_as_work()
    {
        (await Storage.Jobs.HasWorkAsync("a")).ShouldBeFalse();
        await WriteAsync(Make.Job("a"));
        (await Storage.Jobs.HasWorkAsync("a")).ShouldBeFalse("its configuration and status are not work");
        StoreWrite[] kinds =
        [
            Make.Input("i", 1, 1), new PutUploadPiece("u", "x", 0, 1, [], Last: true, 0), new PutSnapshot(Make.Snapshot("s", "1"), [1]),
            Make.Results("r", Make.Bucket(600)), new PutCategories("c", [Make.Category(1)], 1), new PutScoreScale("n", [0, 1]),
        ];
        foreach (var write in kinds)
        {
            await WriteAsync(write);
            (await Storage.Jobs.HasWorkAsync(write.JobId)).ShouldBeTrue(write.JobId);
        }
        await WriteAsync(Make.Input("q", 1, 1), new QuarantineInput("q", 1, "x", 0), new TrimInputs("q", 1));
        (await Storage.Jobs.HasWorkAsync("q")).ShouldBeTrue();
        (await Storage.Jobs.HasResultsAsync("r", 600)).ShouldBeTrue();
        (await Storage.Jobs.HasResultsAsync("r", 601)).ShouldBeFalse();
        (await Storage.Jobs.HasResultsAsync("i", long.MinValue)).ShouldBeFalse();
    }
}
