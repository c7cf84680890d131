using MlActors.Jobs.Storage;

namespace MlActors.Storage.Sql;

/// <summary>Of whom a failure speaks, and so what the writer does about it.</summary>
internal enum Verdict
{
    /// <summary>One group is wrong: the others are worth a common second try.</summary>
    OfTheGroup,

    /// <summary>Perhaps it was the amount, or the company: each group is tried by itself.</summary>
    OfTheTransaction,

    /// <summary>Nothing happened and nothing else would now: all are refused.</summary>
    OfTheStore,

    /// <summary>A group has waited for a lock in vain: it is refused, the others are tried again, but not for ever.</summary>
    Locked,

    /// <summary>Nothing happened, and the same may succeed a moment later.</summary>
    Passing,

    /// <summary>Although it failed, the transaction has committed.</summary>
    Committed,
}

/// <summary>A connection that writes, with its prepared statements. Used by one writer's thread alone.</summary>
internal abstract class WriteSession : IDisposable
{
    /// <summary>The prepared form of a constant: the same reference gives the same statement.</summary>
    public abstract Statement Prepare(string constant);

    public abstract void Begin();

    /// <summary>From here on statements are those of a group of the transaction.</summary>
    public virtual void Enter(int number, WriteGroup group)
    {
    }

    /// <summary>Waits until all statements of the transaction are executed.</summary>
    /// <exception cref="GroupFailure">One was not.</exception>
    public virtual void Flush()
    {
    }

    public abstract void Commit();

    /// <summary>Undoes the transaction if there still is one. Never throws.</summary>
    public abstract void Rollback();

    /// <summary>Judges why the transaction failed, after it was rolled back.</summary>
    public abstract Verdict Judge(Exception failure, WriteStage stage);

    /// <summary>What callers are told.</summary>
    public abstract StoreException Translate(Exception failure);

    public abstract void Dispose();
}

internal enum WriteStage { Begin, Group, Commit }

/// <summary>A statement failed that was executed later than its group handed it in.</summary>
/// <param name="number">Of the group.</param>
internal sealed class GroupFailure(int number, Exception cause) : Exception(cause.Message, cause)
{
    public int Number { get; } = number;
}
