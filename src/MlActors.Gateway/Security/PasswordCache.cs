using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace MlActors.Gateway.Security;

/// <summary>
/// Remembers for a short time which passwords matched which stored hashes, so that not each request costs the many rounds of the hash.
/// What is remembered is an HMAC under a key of this process, never a password. A changed password has another stored hash, so it counts at once.
/// </summary>
public sealed class PasswordCache(TimeProvider time)
{
    private const int Capacity = 1024;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, long> _matches = new(StringComparer.Ordinal);

    // Hashing a password takes a core for a tenth of a second: guessing must not take them all.
    private readonly SemaphoreSlim _slots = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <param name="storedHash"><c>null</c> when there is no such user: takes as long and is <c>false</c>.</param>
    public async Task<bool> VerifyAsync(string user, string password, string? storedHash, CancellationToken cancellation)
    {
        var fingerprint = Fingerprint(user, password, storedHash);
        if (storedHash is not null && _matches.TryGetValue(fingerprint, out var until) && until > Now) return true;
        await _slots.WaitAsync(cancellation);
        try
        {
            if (!await Task.Run(() => PasswordHasher.Verify(password, storedHash), cancellation)) return false;
        }
        finally
        {
            _slots.Release();
        }
        if (_matches.Count >= Capacity) _matches.Clear();
        _matches[fingerprint] = Now + (long)Lifetime.TotalMilliseconds;
        return true;
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private string Fingerprint(string user, string password, string? storedHash) =>
        Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{user.Length}:{user}{password.Length}:{password}{storedHash}")));
}
