using System.Security.Cryptography;
using System.Text;

namespace MlActors.Gateway.Security;

/// <summary>The two parts of an API key, as a client sends them: <c>base64(id:secret)</c>.</summary>
/// <remarks>A secret has 144 random bits, so a plain SHA-256 of it is enough: there is nothing to guess from.</remarks>
public readonly record struct ApiKeySecret(string Id, string Secret)
{
    /// <summary>What goes behind <c>ApiKey</c> in the Authorization header.</summary>
    public string Encoded => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Id}:{Secret}"));

    /// <summary>What is stored of it.</summary>
    public string SecretHash => Hash(Secret);

    public static ApiKeySecret New() => new(RandomText(15), RandomText(18));

    /// <summary>Reads the encoded form; <c>false</c> when it has another.</summary>
    public static bool TryDecode(string encoded, out ApiKeySecret key)
    {
        key = default;
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, bytes, out var length)) return false;
        var text = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || colon == text.Length - 1) return false;
        key = new ApiKeySecret(text[..colon], text[(colon + 1)..]);
        return true;
    }

    /// <summary>Compares in a time that does not depend on where the two differ.</summary>
    public bool Matches(string storedHash) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(SecretHash), Encoding.ASCII.GetBytes(storedHash));

    /// <summary>Never shows the secret, also not in a log.</summary>
    public override string ToString() => $"ApiKey {Id}";

    private static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    private static string RandomText(int bytes) =>
        Convert.ToBase64String(RandomNumberGenerator.GetBytes(bytes)).Replace('+', '-').Replace('/', '_').TrimEnd('=');
}
