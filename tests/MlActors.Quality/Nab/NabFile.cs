namespace MlActors.Quality.Nab;

/// <summary>One series of the benchmark.</summary>
/// <param name="Name">As the labels name it, <c>category/file.csv</c>.</param>
/// <param name="Times">Epoch seconds; in order but for a few repeated hours.</param>
public sealed record NabFile(string Name, long[] Times, double[] Values, IReadOnlyList<RowRange> Windows)
{
    private const double ProbationShare = 0.15;
    private const int LongestProbation = 750;

    public string Category => Name[..Name.IndexOf('/', StringComparison.Ordinal)];

    public int Rows => Times.Length;

    /// <summary>The first rows, in which a detector may learn and nothing is scored.</summary>
    public int Probation => Math.Min((int)(ProbationShare * Rows), LongestProbation);
}
