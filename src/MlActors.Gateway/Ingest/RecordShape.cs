namespace MlActors.Gateway.Ingest;

/// <summary>
/// What the record before looked like between its values. Records of one upload mostly come from one program, so everything between two
/// values – comma, spaces, key, colon, braces – repeats byte for byte; comparing it is much cheaper than parsing it. A guess only: it is
/// compared with the actual bytes each time, and parsing goes on from the first difference, which then is learned.
/// </summary>
internal sealed class RecordShape
{
    public const int MaxSteps = 128;
    private const int MaxGlue = 4096;

    // Values in deeper objects are not learned.
    private const int MaxStack = 8;

    private readonly Step[] _steps = new Step[MaxSteps];
    private readonly byte[] _glue = new byte[MaxGlue];
    private readonly int[] _stacks = new int[MaxSteps * MaxStack];

    /// <summary>How many steps are known; the last one is the record's end when the whole record fitted.</summary>
    public int Count { get; private set; }

    public ref readonly Step this[int i] => ref _steps[i];

    public ReadOnlySpan<byte> GlueOf(in Step step) => _glue.AsSpan(step.Start, step.Length);

    /// <summary>The nodes of the objects that are open at the value of a step, from depth 1 on.</summary>
    public ReadOnlySpan<int> StackAt(int i) => _stacks.AsSpan(i * MaxStack, _steps[i].Depth);

    /// <summary>Forgets a step and all after it.</summary>
    public void Truncate(int count) => Count = count;

    /// <summary>Adds a step. When there is no room, nothing is learned from here on.</summary>
    /// <param name="position">Number of the step; ignored unless it is the next one.</param>
    /// <param name="glue">All bytes from the end of the value before to the start of this one.</param>
    /// <param name="node">Where the value is; <see cref="Step.End"/> when the record ends instead.</param>
    /// <param name="nodes">The open objects, from depth 1 on.</param>
    public void Learn(int position, ReadOnlySpan<byte> glue, int node, int field, ReadOnlySpan<int> nodes)
    {
        var start = Count == 0 ? 0 : _steps[Count - 1].Start + _steps[Count - 1].Length;
        if (position != Count || Count == MaxSteps || start + glue.Length > MaxGlue || nodes.Length > MaxStack) return;
        glue.CopyTo(_glue.AsSpan(start));
        nodes.CopyTo(_stacks.AsSpan(Count * MaxStack));
        _steps[Count++] = new Step(start, glue.Length, node, field, nodes.Length);
    }

    /// <summary>The bytes before a value, and what they lead to.</summary>
    public readonly record struct Step(int Start, int Length, int Node, int Field, int Depth)
    {
        public const int End = -1;
    }
}
