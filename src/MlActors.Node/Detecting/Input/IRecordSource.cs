using MlActors.Analysis.Input;
using MlActors.Node.Commands;

namespace MlActors.Node.Detecting;

/// <summary>Turns an input into batches of records. Reads one input.</summary>
internal interface IRecordSource
{
    /// <summary>The counts of all batches given out.</summary>
    InputCounts Counts { get; }

    /// <summary>What is wrong with the times of records that were left out for it; <c>null</c> when there is none.</summary>
    string? InvalidTimes { get; }

    /// <summary>How many times there was something that is no record.</summary>
    int Malformed { get; }

    /// <exception cref="CommandException">The input cannot be read on; the message says where.</exception>
    IEnumerable<RecordBatch> Read(InputSource input);
}
