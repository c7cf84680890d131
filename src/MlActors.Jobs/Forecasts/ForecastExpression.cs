using MlActors.Jobs.Expressions;

namespace MlActors.Jobs.Forecasts;

/// <summary>The forecasts that an expression stands for, and the parts of it that stand for none.</summary>
public sealed record ForecastSelection(IReadOnlyList<Forecast> Forecasts, IReadOnlyList<string> UnknownIds, IReadOnlyList<string> UnmatchedPatterns)
{
    private const string All = "_all";

    /// <param name="forecasts">Those of one job that are not expired.</param>
    /// <param name="expression">Ids and wildcards, separated by commas; <c>_all</c> for all.</param>
    public static ForecastSelection Of(IReadOnlyList<Forecast> forecasts, string expression)
    {
        var tokens = expression.Split(',', StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal).ToList();
        var unmatched = tokens.Where(token => !forecasts.Any(forecast => StandsFor(token, forecast))).ToList();
        return new ForecastSelection(
            [.. forecasts.Where(forecast => tokens.Exists(token => StandsFor(token, forecast)))],
            [.. unmatched.Where(token => !IsPattern(token))],
            [.. unmatched.Where(IsPattern)]);
    }

    private static bool IsPattern(string token) => token == All || JobExpression.IsWildcard(token);

    private static bool StandsFor(string token, Forecast forecast) =>
        token == All || (JobExpression.IsWildcard(token) ? JobExpression.Matches(token, forecast.ForecastId) : token == forecast.ForecastId);
}
