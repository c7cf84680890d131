using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Reading;
using MlActors.Jobs.Datafeeds.Sources;

namespace MlActors.Datafeeds;

/// <summary>Reads the settings of a stored datafeed.</summary>
internal static class Settings
{
    /// <exception cref="SourceException">They do not fit its connection any more.</exception>
    public static T OrThrow<T>(Func<ProblemList, T> read)
    {
        var problems = new ProblemList();
        var settings = read(problems);
        try
        {
            problems.ThrowIfAny();
        }
        catch (InvalidConfigException invalid)
        {
            throw new SourceException(invalid.Message, isPermanent: true, invalid);
        }
        return settings;
    }
}

/// <summary>Makes an answer of whether something can be done.</summary>
internal static class Probe
{
    /// <returns><c>null</c> when it can, else what is wrong.</returns>
    public static async Task<string?> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            await ask();
            return null;
        }
        catch (SourceException failed)
        {
            return failed.Message;
        }
    }
}
