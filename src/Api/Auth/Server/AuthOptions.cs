using System.ComponentModel.DataAnnotations;

namespace Gatehouse.Api.Auth.Server;

/// <summary>The authorization server's settings, section <c>Gatehouse:Auth</c>.</summary>
public sealed class AuthOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Gatehouse:Auth";

    /// <summary>Who issues tokens, as their <c>iss</c> says it; unset: the public URL. Where clients reach the public listener.</summary>
    [Url] public string? Issuer { get; set; }

    /// <summary>Whom tokens are for when their client does not say: the <c>aud</c> that the front door accepts.</summary>
    [Required, MinLength(1)] public string Audience { get; set; } = "gatehouse";

    /// <summary>How long an access token lives: 30 s to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:30", "01:00:00")]
    public TimeSpan AccessTokenLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a family of refresh tokens lives, however often it is used: 10 s to 30 days.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "30.00:00:00")]
    public TimeSpan RefreshTokenLifetime { get; set; } = TimeSpan.FromDays(14);

    /// <summary>How long a user has to enter a device's code: 1 to 30 min.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "00:30:00")]
    public TimeSpan DeviceCodeLifetime { get; set; } = TimeSpan.FromMinutes(10);
}
