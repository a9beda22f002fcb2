using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gatehouse.Grains.Identity.Sessions;

/// <summary>Settings of sessions, section <c>Gatehouse:Auth:Sessions</c> of a silo's configuration.</summary>
public sealed class UserSessionOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Gatehouse:Auth:Sessions";

    /// <summary>After how long without a request a session is over. Default 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromHours(1);

    /// <summary>After how long a session is over, however busy it is. Default 12 hours.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan AbsoluteTimeout { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How many sessions a user has at once; one more ends the oldest. Default 50.</summary>
    [Range(1, 1000)] public int MaxPerUser { get; set; } = 50;

    /// <summary>
    /// How long front doors remember that a session was ended: longer than anything lives that was issued in it. Default 1 hour.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00")]
    public TimeSpan RevocationLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How many bytes of JSON services may keep in a session. Default 16 KiB.</summary>
    [Range(256, 60 * 1024)] public int MaxAttributes { get; set; } = 16 * 1024;
}

[OptionsValidator]
internal sealed partial class UserSessionOptionsValidator : IValidateOptions<UserSessionOptions>;
