using System.Text;

namespace MlActors.Documents.Indices;

/// <summary>The rules for names of indices.</summary>
public static class IndexName
{
    public const int MaxBytes = 255;

    private const string Forbidden = "\\/*?\"<>| ,#:";

    /// <returns>What is wrong with the name and what would be right; <c>null</c>: nothing.</returns>
    public static string? Problem(string name)
    {
        if (name.Length == 0) return "it is empty";
        if (name.StartsWith('.')) return "it must not begin with [.]: such names are for the inner parts of a server";
        if (name[0] is '_' or '-' or '+') return "it must not begin with [_], [-] or [+]";
        if (name.Any(char.IsUpper)) return "it must be lowercase";
        if (name.FirstOrDefault(letter => Forbidden.Contains(letter) || char.IsControl(letter)) is var bad && bad != '\0')
            return $"it must not contain [{bad}]; forbidden are blanks and the characters \\ / * ? \" < > | , # :";
        var bytes = Encoding.UTF8.GetByteCount(name);
        return bytes > MaxBytes ? $"it has {bytes} bytes; at most {MaxBytes} are allowed" : null;
    }
}
