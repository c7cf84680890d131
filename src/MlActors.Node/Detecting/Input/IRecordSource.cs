using MlActors.Analysis.Input;
using MlActors.Node.Commands;

namespace MlActors.Node.Detecting;

/// <summary>Turns an input into batches of records. Reads one input.</summary>
internal interface IRecordSource
{
    /// <summary>The counts of all batches given out.</summary>
    InputCounts Counts { get; }

    /// <summary>Where the first record without a readable time is, and how its time is written; <c>null</c> when there is none or it is not known.</summary>
    string? FirstProblem { get; }

    /// <exception cref="CommandException">The input cannot be read on; the message says where.</exception>
    IEnumerable<RecordBatch> Read(InputSource input);
}
