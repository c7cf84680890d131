namespace MlActors.Node.Detecting;

/// <summary>The highest score in each part of the time. How long the time will be is not known beforehand: when the cells are used up, two become one.</summary>
internal sealed class ScoreLane
{
    /// <summary>A lane never has more cells than this.</summary>
    public const int MostCells = 256;

    private readonly double[] _cells = new double[MostCells];

    /// <summary>A cell is 2^Shift buckets wide.</summary>
    public int Shift { get; private set; }

    public double Highest { get; private set; }

    /// <param name="bucket">Number of the bucket, from 0 at the start of the results.</param>
    public void Add(long bucket, double score)
    {
        while (bucket >> Shift >= MostCells) Halve();
        ref var cell = ref _cells[bucket >> Shift];
        cell = Math.Max(cell, score);
        Highest = Math.Max(Highest, score);
    }

    /// <summary>The cells, made as wide as those of the widest lane.</summary>
    public ReadOnlySpan<double> At(int shift)
    {
        while (Shift < shift) Halve();
        return _cells;
    }

    private void Halve()
    {
        for (var i = 0; i < MostCells / 2; i++) _cells[i] = Math.Max(_cells[2 * i], _cells[(2 * i) + 1]);
        Array.Clear(_cells, MostCells / 2, MostCells / 2);
        Shift++;
    }
}
