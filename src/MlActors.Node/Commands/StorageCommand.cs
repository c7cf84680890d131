using System.CommandLine;
using System.Globalization;
using MlActors.Storage;

namespace MlActors.Node.Commands;

/// <summary><c>mlactors storage</c>: looks after the storage that the configuration names, without serving.</summary>
internal static class StorageCommand
{
    public static Command Create() => new("storage", "Bring the storage up to date, check it, or move it to another database or machine") { Migrate(), Check(), Export(), Import() };

    private static Command Migrate() => On(new Command("migrate",
        "Bring the tables to this version and say from which; `serve` does the same when it starts. A newer version's storage is refused and left alone"),
        (_, storage, _) =>
        {
            foreach (var change in storage.Migrate())
            {
                var (from, to) = (change.From.ToString(CultureInfo.InvariantCulture), change.To.ToString(CultureInfo.InvariantCulture));
                Console.WriteLine(change.From == change.To ? $"{change.Name}: schema {to}, nothing to do" : $"{change.Name}: from schema {(change.From == 0 ? "none" : from)} to {to}");
            }
            return 0;
        });

    private static Command Check() => On(new Command("check",
        "Look for what is not as it has to be, and say what to do; nothing is changed. Exit code 1 if there is something. With SQLite the server must be stopped; with PostgreSQL servers may go on"),
        (_, storage, cancellation) =>
        {
            var report = storage.Check(new TransferReport("checked").Show, cancellation);
            foreach (var note in report.Notes) Console.WriteLine($"note: {note}");
            foreach (var finding in report.Findings) Console.WriteLine($"{finding.What}\n  to do: {finding.Fix}");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{storage.Place}: {report.Jobs} jobs, {(report.Findings.Count == 0 ? "all is well" : $"{report.Findings.Count} findings")}"));
            return report.Findings.Count == 0 ? 0 : 1;
        });

    private static Command Export()
    {
        var file = new Argument<string>("file") { Description = "The export; must not exist yet. - is standard output" };
        return On(new Command("export",
            "Write all that the storage holds into one compressed file, which `storage import` reads into an empty storage of either kind. With SQLite the server must be stopped; " +
            "with PostgreSQL servers may go on: the export is of the moment at which it begins") { file }, (arguments, storage, cancellation) =>
        {
            var path = arguments.GetValue(file)!;
            var progress = new TransferReport("exported");
            var summary = path == "-"
                ? ToOutput(stream => storage.Export(stream, progress.Show, cancellation))
                : ToNewFile(path, stream => storage.Export(stream, progress.Show, cancellation));
            progress.End(path == "-" ? Console.Error : Console.Out, string.Create(CultureInfo.InvariantCulture, $"{storage.Place}: exported {summary.Rows} rows of {summary.Tables} tables") + (path == "-" ? "" : $" to {Path.GetFullPath(path)}, {new FileInfo(path).Length} bytes"));
            return 0;
        });
    }

    private static Command Import()
    {
        var file = new Argument<string>("file") { Description = "An export. - is standard input" };
        return On(new Command("import",
            "Take an export into the storage that the configuration names, which must be empty, and no server may use it. It takes all or, if anything is wrong with the file, nothing") { file },
            (arguments, storage, cancellation) =>
            {
                var path = arguments.GetValue(file)!;
                var progress = new TransferReport("imported");
                using var stream = path == "-" ? Console.OpenStandardInput() : File.OpenRead(path);
                var summary = storage.Import(stream, progress.Show, cancellation);
                progress.End(Console.Out, string.Create(CultureInfo.InvariantCulture, $"{storage.Place}: imported {summary.Rows} rows of {summary.Tables} tables, written by MlActors {summary.Product}"));
                if (summary.ChangedTexts > 0)
                    Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"mlactors: {summary.ChangedTexts} texts hold U+0000, which PostgreSQL cannot keep; it is U+FFFD there now"));
                return 0;
            });
    }

    private static Command On(Command command, Func<ParseResult, StorageMaintenance, CancellationToken, int> body)
    {
        var common = new CommonOptions().AddTo(command);
        command.SetAction((arguments, cancellation) => CommonOptions.RunAsync(() => Task.Run(() =>
        {
            var options = common.Load(arguments).Options;
            return body(arguments, options.Postgres is { } postgres ? StorageMaintenance.Of(postgres) : StorageMaintenance.Of(options.Storage), cancellation);
        })));
        return command;
    }

    private static T ToOutput<T>(Func<Stream, T> write)
    {
        using var stream = Console.OpenStandardOutput();
        return write(stream);
    }

    // It has its name only when it is whole and on the medium.
    private static T ToNewFile<T>(string path, Func<Stream, T> write)
    {
        var partial = path + ".partial";
        if (File.Exists(path)) throw new CommandException($"[{path}] exists already; it is not overwritten. Give another name");
        try
        {
            T result;
            // It holds what the passwords of users are checked with.
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var stream = new FileStream(partial, options))
            {
                result = write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(partial, path, overwrite: false);
            return result;
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }
}
