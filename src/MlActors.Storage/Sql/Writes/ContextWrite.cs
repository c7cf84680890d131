using MlActors.Jobs.Contexts;

namespace MlActors.Storage.Sql.Writes;

/// <summary>
/// A change of filters or calendars. It first takes the row of the version, so that nothing comes between, then looks whether it may happen, does it, and
/// raises the version.
/// </summary>
internal abstract class ContextWrite : RowWrite
{
    public override int Bytes => 0;

    /// <summary>How it went; known after the commit.</summary>
    public ContextChange Outcome { get; private set; }

    public override void Execute(WriteSession session)
    {
        session.Prepare("UPDATE context_version SET version = version").Do();
        Outcome = Check(session);
        if (Outcome != ContextChange.Done) return;
        Change(session);
        session.Prepare("UPDATE context_version SET version = version + 1").Do();
    }

    protected abstract ContextChange Check(WriteSession session);

    protected abstract void Change(WriteSession session);
}
