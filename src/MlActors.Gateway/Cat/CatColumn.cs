using System.Collections.Immutable;
using MlActors.Jobs.Configuration.Values;

namespace MlActors.Gateway.Cat;

internal enum CatType { Text, Number, Bytes, Time }

/// <summary>One column: its names, what it shows, and how.</summary>
/// <param name="Value">Text, a number, bytes or milliseconds, by the type; <c>null</c> shows nothing.</param>
internal sealed record CatColumn<TRow>(string Name, ImmutableArray<string> Aliases, CatType Type, string Doc, Func<TRow, IComparable?> Value)
{
    public bool IsNamed(string name) => name == Name || Aliases.Contains(name, StringComparer.Ordinal);
}

/// <summary>Declares the columns of a table, for <c>using static</c>.</summary>
internal static class ColumnsOf<TRow>
{
    public static CatColumn<TRow> Text(string name, string alias, string doc, Func<TRow, string?> value) =>
        new(name, Aliases(alias), CatType.Text, doc, value);

    public static CatColumn<TRow> Number(string name, string alias, string doc, Func<TRow, long> value) =>
        new(name, Aliases(alias), CatType.Number, doc, row => value(row));

    public static CatColumn<TRow> Bytes(string name, string alias, string doc, Func<TRow, long> value) =>
        new(name, Aliases(alias), CatType.Bytes, doc, row => value(row));

    public static CatColumn<TRow> Time(string name, string alias, string doc, Func<TRow, double?> value) =>
        new(name, Aliases(alias), CatType.Time, doc, row => value(row));

    public static CatColumn<TRow> Date(string name, string alias, string doc, Func<TRow, long?> milliseconds) => new(name, Aliases(alias), CatType.Text, doc,
        row => milliseconds(row) is { } ms ? TimeText.IsoSeconds(ms) : null);

    public static ImmutableArray<string> Aliases(string alias) => alias.Length == 0 ? [] : [alias];
}
