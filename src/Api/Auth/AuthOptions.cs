using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Auth;

/// <summary>Tokens and identities, section <c>Gatehouse:Auth</c>. All front doors of a cluster use the same.</summary>
public sealed class AuthOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Gatehouse:Auth";

    /// <summary>Who issues tokens, their <c>iss</c>: an absolute http or https URL; unset: the public URL.</summary>
    [Url] public string? Issuer { get; set; }

    /// <summary>Whom access tokens are for, their <c>aud</c>, unless a client asks for another resource.</summary>
    [Required] public string Audience { get; set; } = "gatehouse";

    /// <summary>How long an access token lives: 30 s to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:30", "01:00:00")] public TimeSpan AccessTokenLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a family of refresh tokens lives, however often it is used: 10 s to 30 days.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "30.00:00:00")] public TimeSpan RefreshTokenLifetime { get; set; } = TimeSpan.FromDays(14);

    /// <summary>How long a user has to enter a device's code: 1 to 30 min.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "00:30:00")] public TimeSpan DeviceCodeLifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Whom a <c>Gatehouse-Identity</c> is for: the services behind the front door.</summary>
    [Required] public string IdentityAudience { get; set; } = "gatehouse-services";

    /// <summary>How long a <c>Gatehouse-Identity</c> is good; at most as long as the token it was minted for.</summary>
    [Range(typeof(TimeSpan), "00:00:30", "01:00:00")] public TimeSpan IdentityLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How far the clocks of issuers and front doors may differ.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:30")] public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many verified credentials a front door remembers.</summary>
    [Range(100, 10_000_000)] public int VerifiedCredentials { get; set; } = 50_000;
}

[OptionsValidator]
internal sealed partial class AuthOptionsValidator : IValidateOptions<AuthOptions>;
