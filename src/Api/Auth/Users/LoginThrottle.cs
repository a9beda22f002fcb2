using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Grains.Identity.Throttling;
using Gatehouse.Grains.Identity.Users;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Auth.Users;

/// <summary>
/// Slows down who guesses, and nobody else. A browser that its user has logged in with before has attempts of its own, which
/// a stranger cannot use up. All others share what an address, an account, and an account from one address are given; whom
/// strangers crowd out there gets in by a passkey, or by a link in a mail, which makes the browser a known one.
/// </summary>
internal sealed class LoginThrottle(IGrainFactory grains, IOptions<AccountOptions> options)
{
    private readonly AccountOptions options = options.Value;

    /// <summary>Takes an attempt, before it is made.</summary>
    /// <param name="subject">What is guessed at: a login name, known or not.</param>
    /// <param name="address">Where from.</param>
    /// <param name="device">The browser, when it is one that its user has logged in with; otherwise null.</param>
    public async Task<LoginAttempt> Enter(string subject, IPAddress? address, string? device)
    {
        var account = Digest(UserClaim.Normalize(subject));
        var network = Network(address);
        (string Key, int Burst)[] limits = device is not null
            ? [($"device:{account}:{device}", options.AttemptsPerAccountAndAddress)]
            :
            [
                ($"address:{network}", options.AttemptsPerAddress),
                ($"both:{account}:{network}", options.AttemptsPerAccountAndAddress),
                ($"account:{account}", options.AttemptsPerAccount),
            ];
        var taken = new List<(IThrottleGrain Throttle, ThrottleLimit Limit)>();
        foreach (var (key, burst) in limits)
        {
            var throttle = grains.GetGrain<IThrottleGrain>(key);
            var limit = new ThrottleLimit(burst, options.AttemptWindow / burst);
            var wait = await throttle.Take(limit);
            if (wait > TimeSpan.Zero)
            {
                await new LoginAttempt(TimeSpan.Zero, taken).Refund();
                return new LoginAttempt(wait, []);
            }

            taken.Add((throttle, limit));
        }

        return new LoginAttempt(TimeSpan.Zero, taken);
    }

    // Who has one IPv6 address has the whole network.
    private static string Network(IPAddress? address) => address switch
    {
        null => "unknown",
        { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } => new IPAddress([.. address.GetAddressBytes().AsSpan(0, 8), .. new byte[8]]).ToString(),
        _ => address.MapToIPv4().ToString(),
    };

    private static string Digest(string text) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <summary>An attempt at a login, or that none may be made now.</summary>
/// <param name="Wait">Zero when it may be made; otherwise how long to wait.</param>
/// <param name="Taken">What it was taken from.</param>
internal sealed record LoginAttempt(TimeSpan Wait, IReadOnlyList<(IThrottleGrain Throttle, ThrottleLimit Limit)> Taken)
{
    public bool Refused => Wait > TimeSpan.Zero;

    /// <summary>Gives the attempt back, because it succeeded.</summary>
    public Task Refund() => Task.WhenAll(Taken.Select(taken => taken.Throttle.Refund(taken.Limit).AsTask()));
}
