using System.Diagnostics;
using System.Globalization;
using System.Text;
using MlActors.Analysis.Categorization;
using MlActors.Analysis.Input;

namespace MlActors.Benchmarks;

/// <summary>
/// How fast log lines, all different, are sorted into categories on one core. The floor reads each character of the same lines once and keeps a hash
/// of them. Three kinds: known messages of which only numbers vary; messages in which words vary too, so that lines are searched for; and lines in
/// which nothing repeats, until no more categories are taken.
/// </summary>
public static class CategorizeBenchmark
{
    private const int BatchSize = 8192;

    private static readonly string[] Names = ["alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi"];

    private static readonly string[] Verbs = ["opened", "closed", "failed", "started", "stopped", "received", "deleted", "created", "updated", "expired"];

    private static readonly string[] Nouns = ["connection", "session", "request", "document", "order", "replica", "certificate", "snapshot", "queue", "volume"];

    /// <summary>Options: <c>--lines n</c> (400000), <c>--rounds n</c> (5).</summary>
    public static void Run(string[] args)
    {
        var lines = Options.Number(args, "--lines", 400_000);
        var rounds = Options.Number(args, "--rounds", 5);
        Console.WriteLine("kind        chars/line      lines/s     floor lines/s   ratio   B/line   categories   (medians)");
        Measure("numbers", lines, rounds, (i, _) => Numbers(i));
        Measure("words", lines, rounds, Words);
        Measure("chaos", lines / 10, rounds, (_, random) => string.Join(' ', Enumerable.Range(0, 12).Select(_ => Word(random))));
    }

    private static void Measure(string kind, int count, int rounds, Func<int, Random, string> line)
    {
        var random = new Random(1);
        var batches = Enumerable.Range(0, count).Select(i => line(i, random)).Chunk(BatchSize).Select(Batch).ToList();
        var chars = batches.Sum(batch => batch.Columns[0].Dictionary!.Sum(text => (long)text.Length)) / (double)count;
        var measured = new List<(double Lines, double Floor, double Allocated)>();
        var categories = 0;
        for (var round = -2; round < rounds; round++)
        {
            var categorization = new JobCategorization(new CategorizationSettings { FieldName = "message" }, Schema, 512L << 20);
            Categorize(categorization, batches[0]);
            var (allocated, watch) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.StartNew());
            foreach (var batch in batches) Categorize(categorization, batch);
            var seconds = watch.Elapsed.TotalSeconds;
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            categories = categorization.Count;
            watch.Restart();
            var hash = 0UL;
            foreach (var batch in batches)
                foreach (var text in batch.Columns[0].Dictionary!)
                    foreach (var unit in text)
                        hash = (hash ^ unit) * 0x100000001B3;
            var floor = watch.Elapsed.TotalSeconds;
            if (hash == 1) Console.Write("");
            if (round >= 0) measured.Add((count / seconds, count / floor, allocated / (double)count));
        }
        var (median, least) = (Measured.Median(measured.Select(m => m.Lines)), Measured.Median(measured.Select(m => m.Floor)));
        Text.Print($"{kind,-10} {chars,11:0.0} {median,12:#,0} {least,17:#,0} {median / least,7:0.00} {Measured.Median(measured.Select(m => m.Allocated)),8:0.00} {categories,12}");
    }

    private static BatchSchema Schema { get; } = new([new BatchField("message", FieldKind.Text)]);

    private static void Categorize(JobCategorization categorization, RecordBatch batch)
    {
        categorization.Begin(batch);
        for (var record = 0; record < batch.Count; record++) categorization.Categorize(record);
    }

    private static RecordBatch Batch(string[] texts) =>
        new(Schema, texts.Length, new long[texts.Length], [Column.OfText([.. Enumerable.Range(0, texts.Length)], texts)], default);

    private static string Numbers(int i) => string.Create(CultureInfo.InvariantCulture,
        $"2026-03-{1 + (i % 28):00} 10:{i % 60:00}:00,{i % 1000:000} INFO [worker-{i % 32}] com.shop.{Nouns[i % 10]}.Service - {Nouns[i / 10 % 10]} {i} {Verbs[i / 100 % 10]} by 10.{i % 250}.{i / 7 % 250}.1 in {i % 977} ms");

    private static string Words(int i, Random random) => string.Create(CultureInfo.InvariantCulture,
        $"sshd[{i}]: {Nouns[i % 10]} {Verbs[i / 10 % 10]} for user {Names[random.Next(8)]} of group {Word(random)} on server {Names[random.Next(8)]} from 10.{i % 250}.1.{i / 3 % 250} port {i % 60000}");

    private static string Word(Random random)
    {
        var word = new StringBuilder(7);
        for (var i = 0; i < 7; i++) word.Append((char)('g' + random.Next(18)));
        return word.ToString();
    }
}
