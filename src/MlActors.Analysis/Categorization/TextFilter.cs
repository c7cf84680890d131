using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace MlActors.Analysis.Categorization;

/// <summary>
/// Cuts out of a line what regular expressions match. They run without backtracking, so the time is linear in the text whatever the expression.
/// </summary>
public sealed class TextFilter
{
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;
    private const int LongestExpression = 1000;

    private readonly Regex[] _expressions;
    private readonly char[][] _buffers = [new char[LineTokenizer.MaxLength], new char[LineTokenizer.MaxLength]];

    /// <exception cref="ArgumentException">An expression has a <see cref="Problem"/>.</exception>
    public TextFilter(ImmutableArray<string> expressions)
    {
        foreach (var expression in expressions)
            if (Problem(expression) is { } problem)
                throw new ArgumentException(problem, nameof(expressions));
        _expressions = [.. expressions.Select(expression => new Regex(expression, Options))];
    }

    /// <summary>Why an expression cannot be used, in words that go behind the name of the field; <c>null</c> when it can.</summary>
    public static string? Problem(string expression)
    {
        if (expression.Length == 0) return "is empty: leave it out";
        if (expression.Length > LongestExpression) return $"is longer than {LongestExpression} characters";
        try
        {
            _ = new Regex(expression, Options);
            return null;
        }
        catch (NotSupportedException)
        {
            return "needs backtracking (look-around, back references, atomic groups) or is too large; write it without";
        }
        catch (ArgumentException e)
        {
            return "is no valid regular expression: " + e.Message;
        }
    }

    /// <returns>The line without the matches; valid until the next call.</returns>
    internal ReadOnlySpan<char> Apply(ReadOnlySpan<char> line)
    {
        for (var i = 0; i < _expressions.Length; i++) line = Cut(_expressions[i], line, _buffers[i % 2]);
        return line;
    }

    private static ReadOnlySpan<char> Cut(Regex expression, ReadOnlySpan<char> line, char[] buffer)
    {
        var (from, length) = (0, 0);
        foreach (var match in expression.EnumerateMatches(line))
        {
            line[from..match.Index].CopyTo(buffer.AsSpan(length));
            length += match.Index - from;
            from = match.Index + match.Length;
        }
        if (from == 0) return line;
        line[from..].CopyTo(buffer.AsSpan(length));
        return buffer.AsSpan(0, length + line.Length - from);
    }
}
