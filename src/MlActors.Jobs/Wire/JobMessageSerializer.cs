using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using MlActors.Jobs.Lifecycle;

namespace MlActors.Jobs.Wire;

/// <summary>The form of the messages of jobs and nodes and of their answers between nodes, see <see cref="MessageFormats"/>.</summary>
public sealed class JobMessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>The configuration that binds it, and takes away the serializer that makes objects of any type the bytes name.</summary>
    public const string Hocon =
        """
        akka.actor {
          serializers {
            job-messages = "MlActors.Jobs.Wire.JobMessageSerializer, MlActors.Jobs"
            json = "MlActors.Jobs.Wire.RefusingSerializer, MlActors.Jobs"
          }
          serialization-bindings {
            "MlActors.Jobs.Lifecycle.JobMessage, MlActors.Jobs" = job-messages
            "MlActors.Jobs.Lifecycle.JobReply, MlActors.Jobs" = job-messages
            "MlActors.Jobs.NodeMessage, MlActors.Jobs" = job-messages
            "MlActors.Jobs.NodeReply, MlActors.Jobs" = job-messages
            "System.Object" = json
          }
        }
        """;

    /// <summary>Unique among serializers; the same in every release.</summary>
    public override int Identifier => 4_100;

    public override string Manifest(object o) => MessageFormats.Of(o).Manifest;

    public override byte[] ToBinary(object obj) => MessageFormats.Of(obj).Write(obj);

    public override object FromBinary(byte[] bytes, string manifest) => MessageFormats.Of(manifest).Read(bytes);
}

/// <summary>In place of the serializer that writes and reads anything.</summary>
public sealed class RefusingSerializer : Serializer
{
    /// <param name="settings">Those of the serializer in whose place it is.</param>
    public RefusingSerializer(ExtendedActorSystem system, Config settings)
        : base(system)
    {
        _ = settings;
    }

    public override int Identifier => 4_101;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) => throw new NotSupportedException($"{obj.GetType()} has no form between nodes");

    public override object FromBinary(byte[] bytes, Type type) => throw new NotSupportedException("bytes without a known form came from another node");
}
