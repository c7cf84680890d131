using MlActors.Jobs.Contexts;

namespace MlActors.Storage.Sqlite.Writes;

/// <summary>
/// A change of filters or calendars. It first looks whether it may happen, then does it and raises the version: both in the writer's one order, so that
/// nothing comes between.
/// </summary>
internal abstract class ContextWrite : RowWrite
{
    public override int Bytes => 0;

    /// <summary>How it went; known after the commit.</summary>
    public ContextChange Outcome { get; private set; }

    public override void Execute(WriteSession session)
    {
        Outcome = Check(session);
        if (Outcome != ContextChange.Done) return;
        Change(session);
        session.Prepare("UPDATE context_version SET version = version + 1").Run();
    }

    protected abstract ContextChange Check(WriteSession session);

    protected abstract void Change(WriteSession session);
}
