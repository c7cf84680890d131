using System.Diagnostics;

namespace MlActors.Node.Tests.Support;

/// <summary>A file system of few megabytes, so that a full disk can be had without filling one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path) => Root = path;

    public string Root { get; }

    /// <returns><c>null</c> when this user may not mount.</returns>
    public static SmallDisk? TryMount(string path, int megabytes)
    {
        Directory.CreateDirectory(path);
        return Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", path) == 0 ? new SmallDisk(path) : null;
    }

    /// <summary>Leaves no room, not for a byte.</summary>
    /// <returns>The file that goes when there is to be room again.</returns>
    public string Fill()
    {
        var filler = Path.Combine(Root, "filler");
        using var file = File.OpenHandle(filler, FileMode.CreateNew, FileAccess.Write);
        var block = new byte[64 << 10];
        try
        {
            for (long at = 0; ; at += block.Length) RandomAccess.Write(file, block, at);
        }
        catch (IOException)
        {
            return filler;
        }
    }

    public void Dispose() => Run("umount", Root).ShouldBe(0);

    private static int Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}

/// <summary>A test that needs a file system of its own; it is skipped, and says so, where none can be mounted.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> CanMount = new(() =>
    {
        var path = Directory.CreateTempSubdirectory("mlactors-mount-").FullName;
        try
        {
            using var disk = SmallDisk.TryMount(path, 1);
            return disk is not null;
        }
        finally
        {
            Directory.Delete(path);
        }
    });

    public SmallDiskFactAttribute()
    {
        if (!CanMount.Value) Skip = "needs to mount a small tmpfs: run as root, in a container with CAP_SYS_ADMIN";
    }
}
