using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;

namespace MlActors.Ingest;

/// <summary>
/// Turns the UTF-8 texts of one column into codes of the current batch. The strings are kept over batches, so that a text that comes again
/// costs a look-up and no allocation; each batch still has a dictionary of its own, in order of first appearance.
/// </summary>
/// <param name="maxKeptBytes">When the kept texts take more UTF-8 bytes than this at the start of a batch, they are forgotten.</param>
internal sealed class TextInterner(int maxKeptBytes)
{
    /// <summary>About what a string and its place in a dictionary take beside the characters.</summary>
    private const int StringOverhead = 32;
    private const int MinSlots = 64;

    // The hash is keyed so that nobody can send texts made to collide.
    private static readonly long Seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    private readonly List<string> _dictionary = [];
    private Slot[] _slots = new Slot[MinSlots];
    private Entry[] _entries = new Entry[MinSlots / 2];
    private byte[] _bytes = new byte[1024];
    private int _count;
    private int _used;
    private int _batch = 1;

    /// <summary>About how much memory the strings of the current batch take.</summary>
    public long BatchBytes { get; private set; }

    /// <summary>The strings of the current batch, and a new batch.</summary>
    public string[] TakeDictionary()
    {
        string[] taken = [.. _dictionary];
        _dictionary.Clear();
        BatchBytes = 0;
        _batch++;
        if (_used > maxKeptBytes) Forget();
        return taken;
    }

    /// <summary>The code of a text in the current batch. Invalid UTF-8 is taken with replacement characters.</summary>
    public int CodeOf(ReadOnlySpan<byte> text)
    {
        var hash = (uint)XxHash3.HashToUInt64(text, Seed);
        var slots = _slots;
        var at = (int)hash & (slots.Length - 1);
        while (slots[at].Number != 0)
        {
            if (slots[at].Hash == hash)
            {
                ref var entry = ref _entries[slots[at].Number - 1];
                if (text.SequenceEqual(_bytes.AsSpan(entry.Start, entry.Length)))
                    return entry.Batch == _batch ? entry.Code : Enter(ref entry);
            }
            at = (at + 1) & (slots.Length - 1);
        }
        return Utf8.IsValid(text) ? Add(text, hash) : CodeOf(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text)));
    }

    private int Enter(ref Entry entry)
    {
        entry.Batch = _batch;
        entry.Code = _dictionary.Count;
        _dictionary.Add(entry.Value);
        BatchBytes += StringOverhead + sizeof(char) * (long)entry.Value.Length;
        return entry.Code;
    }

    private int Add(ReadOnlySpan<byte> text, uint hash)
    {
        if (_count == _entries.Length) Grow();
        if (_bytes.Length - _used < text.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _used + text.Length));
        text.CopyTo(_bytes.AsSpan(_used));
        ref var entry = ref _entries[_count];
        entry = new Entry { Value = Encoding.UTF8.GetString(text), Start = _used, Length = text.Length };
        _used += text.Length;
        Place(new Slot(hash, ++_count));
        return Enter(ref entry);
    }

    private void Place(Slot slot)
    {
        var at = (int)slot.Hash & (_slots.Length - 1);
        while (_slots[at].Number != 0) at = (at + 1) & (_slots.Length - 1);
        _slots[at] = slot;
    }

    private void Grow()
    {
        Array.Resize(ref _entries, _entries.Length * 2);
        var old = _slots;
        _slots = new Slot[old.Length * 2];
        foreach (var slot in old)
            if (slot.Number != 0)
                Place(slot);
    }

    private void Forget()
    {
        _slots = new Slot[MinSlots];
        _entries = new Entry[MinSlots / 2];
        _bytes = new byte[1024];
        _count = _used = 0;
    }

    // Number is that of the entry plus one; 0 is a free slot. Twice as many slots as entries.
    private readonly record struct Slot(uint Hash, int Number);

    private struct Entry
    {
        public string Value;
        public int Start;
        public int Length;
        public int Batch;
        public int Code;
    }
}
