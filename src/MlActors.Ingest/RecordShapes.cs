using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MlActors.Ingest;

/// <summary>
/// What the records before looked like between their values. Records of one upload mostly come from a few programs, so what is between two
/// values – comma, spaces, key, colon, braces – repeats byte for byte; comparing these bytes is much cheaper than parsing them. Only a guess:
/// it counts for nothing unless the bytes are there, so it changes the speed and never the result.
/// </summary>
internal sealed class RecordShapes
{
    /// <summary>No step; nothing follows it.</summary>
    public const int None = 0;

    /// <summary>The step before the first value of every record.</summary>
    public const int Start = 1;

    private const int MaxSteps = 256;
    private const int MaxGlue = 8192;
    private const int MaxStacks = 32;
    private const int MaxDepth = 8;

    // The objects that are open between two values, each stack known by its number; number 0 is before the record.
    private readonly int[] _stacks = new int[MaxStacks * MaxDepth];
    private readonly int[] _depths = new int[MaxStacks];
    private readonly byte[] _glue = new byte[MaxGlue + JsonLexer.Padding];
    private Step[] _steps = new Step[16];
    private int _stackCount;
    private int _stepCount;
    private int _glueLength;
    private bool _full;

    public RecordShapes() => Forget();

    /// <summary>To be called between records, so that what is no longer seen makes room.</summary>
    public void BeginRecord()
    {
        if (_full) Forget();
    }

    /// <summary>A step as <see cref="Guess"/> or <see cref="Learn"/> gave it; valid until the next one is learned.</summary>
    public ref readonly Step this[int step] => ref _steps[step];

    /// <summary>The step whose bytes are at a position; <see cref="None"/> when neither of the two that lately came after a step fits.</summary>
    /// <param name="text">Padded as <see cref="JsonLexer"/> wants it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Guess(int step, ReadOnlySpan<byte> text, int pos)
    {
        ref var last = ref _steps[step];
        if (last.Next == None) return None;
        if (Matches(_steps[last.Next], text, pos)) return last.Next;
        if (last.Other == None || !Matches(_steps[last.Other], text, pos)) return None;
        (last.Next, last.Other) = (last.Other, last.Next);
        return last.Next;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Matches(in Step step, ReadOnlySpan<byte> text, int pos)
    {
        if (step.Length > Vector256<byte>.Count) return text[pos..].StartsWith(_glue.AsSpan(step.From, step.Length));
        var same = Vector256.Equals(
            Vector256.Create(text.Slice(pos, Vector256<byte>.Count)),
            Vector256.Create(_glue.AsSpan(step.From, Vector256<byte>.Count)));
        return BitOperations.TrailingZeroCount(~(ulong)same.ExtractMostSignificantBits()) >= step.Length;
    }

    /// <summary>The objects that are open at the value of a step, from the record itself on.</summary>
    public ReadOnlySpan<int> StackAt(int step) => StackOf(_steps[step].After);

    /// <summary>Remembers what followed a step.</summary>
    /// <param name="step">The step before.</param>
    /// <param name="glue">All bytes from the end of its value to the start of this one.</param>
    /// <param name="node">Where the value is; <see cref="Step.End"/> when the record ends instead.</param>
    /// <param name="field">Number of the field, −1 when it is not tracked.</param>
    /// <param name="stack">The objects that are now open.</param>
    /// <returns>The step; <see cref="None"/> when there is no room.</returns>
    public int Learn(int step, ReadOnlySpan<byte> glue, int node, int field, ReadOnlySpan<int> stack)
    {
        if (step == None) return None;
        var before = _steps[step].After;
        var found = Find(before, glue);
        if (found == None)
        {
            var after = NumberOf(stack);
            if (after < 0 || _stepCount == MaxSteps || _glueLength + glue.Length > MaxGlue)
            {
                _full = true;
                return None;
            }
            glue.CopyTo(_glue.AsSpan(_glueLength));
            found = Add(new Step { From = _glueLength, Length = glue.Length, Node = node, Field = field, Before = before, After = after });
            _glueLength += glue.Length;
        }
        ref var last = ref _steps[step];
        last.Other = last.Next;
        last.Next = found;
        return found;
    }

    private int Find(int before, ReadOnlySpan<byte> glue)
    {
        for (var i = Start + 1; i < _stepCount; i++)
        {
            ref readonly var step = ref _steps[i];
            if (step.Length == glue.Length && step.Before == before && glue.SequenceEqual(_glue.AsSpan(step.From, step.Length))) return i;
        }
        return None;
    }

    // −1 when there is no room.
    private int NumberOf(ReadOnlySpan<int> stack)
    {
        for (var i = 0; i < _stackCount; i++)
            if (StackOf(i).SequenceEqual(stack))
                return i;
        if (_stackCount == MaxStacks || stack.Length > MaxDepth) return -1;
        stack.CopyTo(_stacks.AsSpan(_stackCount * MaxDepth));
        _depths[_stackCount] = stack.Length;
        return _stackCount++;
    }

    private ReadOnlySpan<int> StackOf(int number) => _stacks.AsSpan(number * MaxDepth, _depths[number]);

    private int Add(Step step)
    {
        if (_stepCount == _steps.Length) Array.Resize(ref _steps, _steps.Length * 2);
        _steps[_stepCount] = step;
        return _stepCount++;
    }

    private void Forget()
    {
        _full = false;
        _stackCount = _stepCount = _glueLength = 0;
        Add(default);
        Add(new Step { After = NumberOf([]) });
    }

    /// <summary>The bytes before a value, and what they lead to.</summary>
    public struct Step
    {
        /// <summary>The node of the step that ends a record.</summary>
        public const int End = -1;

        public int From;
        public int Length;
        public int Node;
        public int Field;

        /// <summary>Numbers of the stacks before and after these bytes.</summary>
        public int Before;
        public int After;

        /// <summary>The steps that followed lately, the likelier one first.</summary>
        public int Next;
        public int Other;
    }
}
