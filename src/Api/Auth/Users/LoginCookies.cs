using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.DataProtection;

namespace Gatehouse.Api.Auth.Users;

/// <summary>A login that waits for its second factor.</summary>
/// <param name="UserId">Who has given the right password.</param>
/// <param name="Stamp">The user's security stamp then.</param>
/// <param name="Methods">How the user was authenticated so far.</param>
/// <param name="ReturnUrl">Where to go on.</param>
/// <param name="Renews">Whether it renews the session that there is.</param>
internal sealed record PendingLogin(string UserId, string Stamp, ImmutableArray<string> Methods, string ReturnUrl, bool Renews);

/// <summary>A browser that a user has logged in with.</summary>
internal sealed record KnownDevice(string UserId, string Id);

/// <summary>What a passkey is to sign, and what for.</summary>
internal sealed record PasskeyChallenge(string State, string? UserId);

[JsonSerializable(typeof(PendingLogin))]
[JsonSerializable(typeof(KnownDevice))]
[JsonSerializable(typeof(PasskeyChallenge))]
internal sealed partial class LoginJson : JsonSerializerContext;

/// <summary>What a browser keeps around a login.</summary>
internal sealed class LoginCookies(IDataProtectionProvider protection)
{
    public ProtectedCookie<PendingLogin> Pending { get; } =
        new("__Host-gatehouse-login", TimeSpan.FromMinutes(5), LoginJson.Default.PendingLogin, protection);

    public ProtectedCookie<PasskeyChallenge> Passkey { get; } =
        new("__Host-gatehouse-passkey", TimeSpan.FromMinutes(5), LoginJson.Default.PasskeyChallenge, protection);

    private readonly ProtectedCookie<KnownDevice> device =
        new("__Host-gatehouse-device", TimeSpan.FromDays(180), LoginJson.Default.KnownDevice, protection);

    /// <summary>The browser's id, when the user has logged in with it; otherwise null.</summary>
    public string? Device(HttpContext context, string? userId) =>
        userId is not null && device.Read(context) is { } known && known.UserId == userId ? known.Id : null;

    /// <summary>Makes the browser one that the user has logged in with.</summary>
    public void KnowDevice(HttpContext context, string userId) => device.Set(
        context, new KnownDevice(userId, Device(context, userId) ?? Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16))));
}
