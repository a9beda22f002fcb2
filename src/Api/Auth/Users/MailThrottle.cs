using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Grains.Identity.Throttling;
using Gatehouse.Grains.Identity.Users;

namespace Gatehouse.Api.Auth.Users;

/// <summary>What becomes of a wish for a mail.</summary>
internal enum MailVerdict
{
    /// <summary>It is sent.</summary>
    Send = 0,

    /// <summary>The address has got enough of them. Whoever asks is not told: it would say something of the account.</summary>
    Silence,

    /// <summary>Too many were asked for from one place.</summary>
    TooManyFromHere,
}

/// <summary>Bounds the mails that anybody can make Gatehouse send.</summary>
internal sealed class MailThrottle(IGrainFactory grains)
{
    private static readonly ThrottleLimit PerAddressee = new(5, TimeSpan.FromMinutes(10));
    private static readonly ThrottleLimit PerSource = new(100, TimeSpan.FromSeconds(15));

    public async Task<MailVerdict> Enter(string email, IPAddress? source)
    {
        if (await grains.GetGrain<IThrottleGrain>($"mail-from:{source}").Take(PerSource) > TimeSpan.Zero)
        {
            return MailVerdict.TooManyFromHere;
        }

        var addressee = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(UserClaim.Normalize(email))));
        return await grains.GetGrain<IThrottleGrain>($"mail-to:{addressee}").Take(PerAddressee) > TimeSpan.Zero ? MailVerdict.Silence : MailVerdict.Send;
    }
}
