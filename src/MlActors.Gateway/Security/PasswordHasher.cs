using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MlActors.Gateway.Security;

/// <summary>
/// Turns passwords into what may be stored: PBKDF2 with HMAC-SHA-512, a random salt for each, and the number of rounds in the text, so that it can
/// rise without making old hashes unreadable. Form: <c>pbkdf2-sha512$rounds$salt$hash</c>, the last two in base64.
/// </summary>
public static class PasswordHasher
{
    /// <summary>Rounds of new hashes; the recommendation for HMAC-SHA-512 is 210,000.</summary>
    public const int Rounds = 220_000;

    private const string Scheme = "pbkdf2-sha512";
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    // A hash that no password has: checking it takes as long as checking a real one, so an unknown name cannot be told by time.
    private static readonly string Nobody = Format(Rounds, RandomNumberGenerator.GetBytes(SaltBytes), RandomNumberGenerator.GetBytes(HashBytes));

    public static string Hash(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return Format(Rounds, salt, Derive(password, salt, Rounds));
    }

    /// <param name="stored">A hash made by <see cref="Hash"/>; <c>null</c> when there is no such user: takes as long and is <c>false</c>.</param>
    public static bool Verify(string password, string? stored)
    {
        var parts = (stored ?? Nobody).Split('$');
        if (parts.Length != 4 || parts[0] != Scheme || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var rounds)
            || rounds is < 1 or > 100_000_000)
        {
            return false;
        }
        var expected = Convert.FromBase64String(parts[3]);
        return CryptographicOperations.FixedTimeEquals(Derive(password, Convert.FromBase64String(parts[2]), rounds), expected) && stored is not null;
    }

    private static byte[] Derive(string password, byte[] salt, int rounds) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, rounds, HashAlgorithmName.SHA512, HashBytes);

    private static string Format(int rounds, byte[] salt, byte[] hash) =>
        string.Create(CultureInfo.InvariantCulture, $"{Scheme}${rounds}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}");
}
