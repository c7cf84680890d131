namespace MlActors.Jobs.Configuration;

/// <summary>The rule that ids of jobs, names of groups and names of results indices follow.</summary>
public static class JobId
{
    /// <summary>Characters of a job id.</summary>
    public const int MaxLength = 64;

    /// <summary>The rule in words, to follow "must".</summary>
    public const string Rule = "consist of lower-case letters, digits, [_], [-] and [.], with a letter or digit first and last";

    /// <summary>Whether a name follows the pattern; its length is not looked at.</summary>
    public static bool IsValidName(string name)
    {
        if (name.Length == 0 || !IsEnd(name[0]) || !IsEnd(name[^1])) return false;
        foreach (var c in name)
            if (!IsEnd(c) && c is not ('_' or '-' or '.'))
                return false;
        return true;

        static bool IsEnd(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);
    }

    /// <summary>Whether a job may have this id.</summary>
    public static bool IsValid(string id) => id.Length <= MaxLength && IsValidName(id);
}
