using System.Text;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using Microsoft.Data.Sqlite;
using MlActors.Analysis;
using MlActors.Analysis.Input;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Contexts;
using MlActors.Jobs.Datafeeds;
using MlActors.Jobs.Lifecycle;
using MlActors.Jobs.Placing;
using MlActors.Jobs.Results;
using MlActors.Jobs.Running;
using MlActors.Jobs.Storage;
using MlActors.Jobs.Tests.Datafeeds;
using MlActors.Jobs.Upgrading;
using MlActors.Storage;
using MlActors.Storage.Journal;
using MlActors.Storage.Sqlite;

namespace MlActors.Jobs.Tests.Running;

/// <summary>Jobs with their real parts: journal, store and analysis on a SQLite file of their own. Only the sharding around them is left out.</summary>
public abstract class JobHarness : TestKit
{
    private static readonly Config Settings = ConfigurationFactory.ParseString("""
        akka.loglevel = ERROR
        akka.actor.provider = local
        mlactors.analysis-dispatcher { type = ForkJoinDispatcher, throughput = 1, dedicated-thread-pool.thread-count = 2 }
        akka.persistence.journal {
          plugin = "akka.persistence.journal.mlactors"
          mlactors {
            class = "MlActors.Storage.Journal.JobJournal, MlActors.Storage"
            plugin-dispatcher = "akka.actor.default-dispatcher"
            replay-filter.mode = off
          }
        }
        """);

    private readonly string _directory;

    protected JobHarness()
        : this(Directory.CreateTempSubdirectory("mlactors-test-").FullName)
    {
    }

    private JobHarness(string directory)
        : this(directory, SqliteStorage.Open(new StorageOptions { DataDirectory = directory, BusyTimeout = TimeSpan.FromMilliseconds(200) }))
    {
    }

    private JobHarness(string directory, SqliteStorage storage)
        : base(ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(Settings.WithFallback(DefaultConfig)), new StorageSetup(storage)))
    {
        (_directory, Storage) = (directory, storage);
    }

    protected SqliteStorage Storage { get; }

    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    protected virtual RunningOptions Options => new();

    protected static readonly NodeIdentity Node = new("node-1", "node", "ephemeral", "127.0.0.1");

    /// <summary>A Monday, midnight UTC; a border of every bucket used here.</summary>
    protected const long Start = 1_748_822_400;

    protected override void AfterAll()
    {
        base.AfterAll();
        Storage.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Another process' lock on the database, until it is disposed: nothing can be written meanwhile.</summary>
    protected IDisposable LockDatabase()
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(_directory, Storage.FileName)};Pooling=False");
        connection.Open();
        using var begin = connection.CreateCommand();
        begin.CommandText = "BEGIN IMMEDIATE";
        begin.ExecuteNonQuery();
        return connection;
    }

    /// <summary>A new incarnation of a job's owner.</summary>
    protected IActorRef Incarnate(string jobId, RunningOptions? options = null) =>
        Sys.ActorOf(Props.Create(typeof(Nest), jobId,
            new JobServices(Jobs, Contexts, new DatafeedServices(Source, Storage.Results, DatafeedOptions), Clock, options ?? Options, Node) { Room = Room, Upgrade = Upgrade }));

    /// <summary>The node's room, which all jobs of the test share.</summary>
    protected virtual NodeRoom Room { get; } = new(RoomLimits.Default, "node");

    /// <summary>The node's switch for upgrade mode.</summary>
    protected UpgradeSwitch Upgrade { get; } = new();

    /// <summary>Turns upgrade mode on or off, and waits until the jobs follow.</summary>
    protected async Task TurnAsync(bool on, params (string Id, IActorRef Owner)[] jobs)
    {
        Upgrade.Turn(new UpgradeSetting(on, Upgrade.Setting.Version + 1, Clock.GetUtcNow().ToUnixTimeMilliseconds()));
        foreach (var (id, owner) in jobs) (await AskAsync<UpgradeModeFollowed>(owner, new FollowUpgradeMode(id))).Version.ShouldBe(Upgrade.Setting.Version);
    }

    /// <summary>What datafeeds read.</summary>
    protected ScriptedSource Source { get; } = new(Config("schema").ToSettings().Schema);

    protected virtual DatafeedOptions DatafeedOptions => new();

    protected virtual IJobStore Jobs => Storage.Jobs;

    protected virtual IContextStore Contexts => Storage.Contexts;

    protected virtual TimeProvider Clock => TimeProvider.System;

    /// <summary>Stands where sharding stands: the parent that passes messages on.</summary>
    private sealed class Nest : ReceiveActor
    {
        public Nest(string jobId, JobServices services)
        {
            var job = Context.ActorOf(Props.Create(typeof(JobActor), jobId, services));
            ReceiveAny(job.Forward);
        }
    }

    /// <summary>Ends an incarnation as a crash of its node would: nothing is finished, nothing is told.</summary>
    protected async Task KillAsync(IActorRef job) => await job.GracefulStop(Patience);

    protected static async Task<T> AskAsync<T>(IActorRef job, JobMessage message)
        where T : JobReply
    {
        var reply = await job.Ask<JobReply>(message, Patience);
        return reply.ShouldBeOfType<T>(reply.ToString());
    }

    protected static JobConfig Config(string jobId) => JobConfigReader.ReadPut(jobId, Encoding.UTF8.GetBytes("""
        {"analysis_config":{"bucket_span":"60s","detectors":[{"function":"mean","field_name":"value","partition_field_name":"host"},{"function":"count"}],"influencers":["host"]},
         "data_description":{"time_format":"epoch"}}
        """), JobLimits.Default, DateTimeOffset.UnixEpoch);

    /// <summary>Creates and opens a job.</summary>
    protected async Task<IActorRef> OpenNewAsync(string jobId, RunningOptions? options = null)
    {
        var job = Incarnate(jobId, options);
        await AskAsync<Done>(job, new CreateJob(Config(jobId)));
        await AskAsync<JobOpenedReply>(job, new OpenJob(jobId));
        return job;
    }

    /// <summary>Records of minutes [from, to), one a second from two hosts, with a spike in minute 95.</summary>
    protected static PostRecords Minutes(string jobId, int from, int to, string? batchId = null, int piece = 0, bool last = true, BatchSchema? schema = null)
    {
        schema ??= Config(jobId).ToSettings().Schema;
        var count = (to - from) * 60;
        var (times, values, hosts) = (new long[count], new double[count], new int[count]);
        for (var i = 0; i < count; i++)
        {
            times[i] = Start + (from * 60L) + i;
            hosts[i] = i % 2;
            values[i] = 100 + (10 * Math.Sin(times[i] / 7.0)) + (times[i] / 60 == (Start / 60) + 95 && hosts[i] == 1 ? 500 : 0);
        }
        var columns = schema.Fields.Select(f => f.Kind == FieldKind.Number ? Column.OfNumbers(values) : Column.OfText(hosts, ["a", "b"])).ToArray();
        return new PostRecords(jobId, new RecordBatch(schema, count, times, columns, new InputCounts { InputBytes = count * 40L, InputFields = count * 2L }), batchId, piece, last);
    }

    protected async Task<JobState?> StoredStateAsync(string jobId) => (await Storage.Jobs.ReadStatusAsync(jobId))?.State;

    /// <summary>Every result of a job, as one text: what has to be the same whatever happened on the way.</summary>
    protected async Task<string> ResultsAsync(string jobId)
    {
        var text = new StringBuilder();
        foreach (var kind in Enum.GetValues<ResultKind>())
        {
            var page = await Storage.Results.QueryAsync(new ResultQuery(kind, jobId, 0, ExcludeInterim: false, null, null, 0, 10_000, "timestamp", Descending: false));
            foreach (var document in page.Documents)
                text.AppendLine(System.Text.RegularExpressions.Regex.Replace(Encoding.UTF8.GetString(document.Span), "\"processing_time_ms\":[^,}]*", ""));
        }
        return text.ToString().Replace($"\"{jobId}\"", "\"job\"", StringComparison.Ordinal);
    }

    /// <summary>The state in the job's current snapshot.</summary>
    protected async Task<byte[]> ModelStateAsync(string jobId)
    {
        var status = await Storage.Jobs.ReadStatusAsync(jobId);
        return (await Storage.Jobs.ReadSnapshotAsync(jobId, status!.ModelSnapshotId!))!.State;
    }

    /// <summary>Results and final model state of a job that was fed 120 minutes without any disturbance.</summary>
    protected async Task<(string Results, byte[] State)> UndisturbedAsync()
    {
        const string id = "undisturbed";
        var job = await OpenNewAsync(id, new RunningOptions());
        for (var minute = 0; minute < 120; minute += 10) await AskAsync<PieceAccepted>(job, Minutes(id, minute, minute + 10));
        await AskAsync<JobClosedReply>(job, new CloseJob(id));
        return (await ResultsAsync(id), await ModelStateAsync(id));
    }
}
