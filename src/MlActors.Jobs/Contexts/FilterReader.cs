using System.Collections.Immutable;
using MlActors.Jobs.Configuration;
using MlActors.Jobs.Configuration.Reading;

namespace MlActors.Jobs.Contexts;

/// <summary>Reads requests about filters, strictly: all that is wrong is said at once.</summary>
public static class FilterReader
{
    private const int LongestItem = 1024;

    /// <param name="filterId">The id in the address.</param>
    /// <param name="body">UTF-8 JSON.</param>
    /// <exception cref="InvalidConfigException">It is no filter.</exception>
    public static FilterConfig ReadPut(string filterId, ReadOnlySpan<byte> body)
    {
        var problems = new ProblemList();
        var request = new ObjectReader(StrictJson.ReadObject(body), "", "", ContextFields.PutFilter, problems);
        ContextNames.CheckId("filter_id", filterId, request);
        var filter = new FilterConfig(filterId, request.Text("description"), ReadItems(request, "items"));
        problems.ThrowIfAny();
        return filter;
    }

    /// <exception cref="InvalidConfigException">It is no change of a filter.</exception>
    public static FilterUpdate ReadUpdate(string filterId, ReadOnlySpan<byte> body)
    {
        var problems = new ProblemList();
        var request = new ObjectReader(StrictJson.ReadObject(body), "", "", ContextFields.UpdateFilter, problems);
        var update = new FilterUpdate(filterId, request.Text("description"), ReadItems(request, "add_items"), ReadItems(request, "remove_items"));
        problems.ThrowIfAny();
        return update;
    }

    private static ImmutableArray<string> ReadItems(ObjectReader request, string name)
    {
        var items = request.Texts(name) ?? [];
        if (items.Length > FilterConfig.MostItems)
            request.Problem(name, $"has {items.Length} values: a filter can have at most {FilterConfig.MostItems}", ProblemKind.IllegalArgument);
        if (items.FirstOrDefault(item => item.Length > LongestItem) is { } longest)
        {
            request.Problem(name, $"has the value [{ProblemList.Shown(longest)}] of {longest.Length} characters: must have at most {LongestItem}",
                ProblemKind.IllegalArgument);
        }
        return items.Sort(StringComparer.Ordinal);
    }
}
