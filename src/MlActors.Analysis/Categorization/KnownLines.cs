namespace MlActors.Analysis.Categorization;

/// <summary>
/// Remembers which category lines of the same words found, where the search would find the same again. It only saves time: it is not part of the
/// state, and what it forgets makes no difference. A table of fixed size in which the newer line takes the place of the older.
/// </summary>
internal sealed class KnownLines
{
    private const int Slots = 4096;

    public const int Bytes = Slots * (sizeof(ulong) + sizeof(int));

    private readonly ulong[] _keys = new ulong[Slots];
    private readonly int[] _ids = new int[Slots];

    /// <summary>The category's id, 0 when it is not known.</summary>
    public int Find(ulong key) => _keys[key & (Slots - 1)] == key ? _ids[key & (Slots - 1)] : 0;

    public void Add(ulong key, int id) => (_keys[key & (Slots - 1)], _ids[key & (Slots - 1)]) = (key, id);
}
