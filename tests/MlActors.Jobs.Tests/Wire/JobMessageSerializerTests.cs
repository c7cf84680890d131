using System.Globalization;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using Akka.TestKit.Xunit2;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Wire;

namespace MlActors.Jobs.Tests.Wire;

/// <summary>Through the serialization of an actor system, as messages go between nodes.</summary>
public sealed class JobMessageSerializerTests : TestKit
{
    /// <summary>What a job and its own children say to each other.</summary>
    private static readonly Type[] Local = [typeof(TakePage), typeof(DatafeedFinished), typeof(HealLateData)];

    public JobMessageSerializerTests()
        : base(ConfigurationFactory.ParseString(JobMessageSerializer.Hocon).WithFallback(DefaultConfig))
    {
    }

    public static TheoryData<Type> All => [.. Kinds().Except(Local).OrderBy(type => type.Name, StringComparer.Ordinal)];

    public static TheoryData<Type> Staying => [.. Local];

    [Theory]
    [MemberData(nameof(All))]
    public void Every_message_and_every_reply_arrives_as_it_was_sent(Type kind)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            // All values in turn with none of those that may be missing.
            var sent = new AnyMessage(seed).Make(kind, sparse: seed % 2 == 1);
            var arrived = Receive(Send(sent));
            arrived.GetType().ShouldBe(kind);
            AnyMessage.Show(arrived).ShouldBe(AnyMessage.Show(sent));
        }
    }

    [Theory]
    [MemberData(nameof(Staying))]
    public void What_a_job_and_its_children_say_to_each_other_cannot_leave_the_node(Type kind)
    {
        object message = kind switch
        {
            _ when kind == typeof(TakePage) => new TakePage("j", 1, [], null, new DatafeedProgress()),
            _ when kind == typeof(HealLateData) => new HealLateData("j", 1, [new LateBucket(0, 2, 1)]),
            _ => new DatafeedFinished("j", 1, null, Close: true),
        };
        Should.Throw<NotSupportedException>(() => Send(message)).Message.ShouldContain(kind.Name);
    }

    [Fact]
    public void Objects_that_are_no_message_of_a_job_are_not_made_into_bytes_nor_out_of_them()
    {
        Should.Throw<NotSupportedException>(() => Sys.Serialization.Serialize(new UriBuilder("http://example.org"))).Message.ShouldContain(nameof(UriBuilder));
        // What the polymorphic serializer of Akka.NET would have made an object of.
        var bytes = Encoding.UTF8.GetBytes("""{"$type":"System.UriBuilder, System.Private.Uri","Host":"example.org"}""");
        Should.Throw<Exception>(() => Sys.Serialization.Deserialize(bytes, 1, "System.UriBuilder, System.Private.Uri"));
        Should.Throw<NotSupportedException>(() => Sys.Serialization.Deserialize(bytes, 4_101, ""));
        foreach (var type in (Type[])[typeof(object), typeof(UriBuilder), typeof(Dictionary<string, object>), typeof(StoreWriteOfATest)])
            Sys.Serialization.FindSerializerForType(type).ShouldBeOfType<RefusingSerializer>();
    }

    private sealed record StoreWriteOfATest(string JobId);

    [Fact]
    public void A_kind_that_this_version_does_not_know_is_refused_by_its_name()
    {
        var refused = Should.Throw<InvalidDataException>(() => Receive((4_100, "open-job/9", "{}"u8.ToArray())));
        refused.Message.ShouldContain("[open-job/9]");
        refused.Message.ShouldContain("newer version");
    }

    [Theory]
    [MemberData(nameof(All))]
    public void What_is_cut_off_or_damaged_is_refused_with_the_kind_of_the_message_and_nothing_else_happens(Type kind)
    {
        var (serializer, manifest, bytes) = Send(new AnyMessage(1).Make(kind));
        for (var length = 0; length < bytes.Length; length += 1 + (bytes.Length / 50)) Refuses(bytes[..length]);
        Refuses("null"u8.ToArray());
        Refuses([.. "\0\u0001"u8, .. bytes]);

        void Refuses(byte[] damaged) =>
            Should.Throw<InvalidDataException>(() => Receive((serializer, manifest, damaged)), $"{damaged.Length} of {bytes.Length}");
    }

    [Fact]
    public void A_changed_byte_in_records_is_found_by_their_checksum()
    {
        var (serializer, manifest, bytes) = Send(new AnyMessage(1).Make(typeof(PostRecords)));
        bytes[^20] ^= 1;
        Should.Throw<InvalidDataException>(() => Receive((serializer, manifest, bytes))).Message.ShouldContain("checksum");
    }

    [Fact]
    public void Members_that_a_newer_version_added_are_skipped_and_those_that_an_older_one_lacks_have_their_defaults()
    {
        var open = (OpenJob)Receive((4_100, "open-job/1", """{"job_id":"j","not_known_yet":{"a":[1]}}"""u8.ToArray()));
        open.ShouldBe(new OpenJob("j", Join: false));
        var stats = (JobStatsReply)Receive((4_100, "job-stats/1", """{"job_id":"j","status":{"job_id":"j","input_seq":7}}"""u8.ToArray()));
        (stats.Status.InputSeq, stats.Status.Counts.InputRecords, stats.Progress, stats.UnanalysedBytes).ShouldBe((7, 0, null, 0));
    }

    private static IEnumerable<Type> Kinds() => typeof(JobMessage).Assembly.GetTypes()
        .Where(type => !type.IsAbstract && (type.IsAssignableTo(typeof(JobMessage)) || type.IsAssignableTo(typeof(JobReply))
            || type.IsAssignableTo(typeof(NodeMessage)) || type.IsAssignableTo(typeof(NodeReply))));

    private (int Serializer, string Manifest, byte[] Bytes) Send(object message)
    {
        var serializer = Sys.Serialization.FindSerializerFor(message);
        serializer.ShouldBeOfType<JobMessageSerializer>();
        var bytes = serializer.ToBinary(message);
        return (serializer.Identifier, ((SerializerWithStringManifest)serializer).Manifest(message), bytes);
    }

    private object Receive((int Serializer, string Manifest, byte[] Bytes) sent) => Sys.Serialization.Deserialize(sent.Bytes, sent.Serializer, sent.Manifest);
}
