using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gatehouse.Grains.Identity.Logout;

/// <summary>How clients are told that a session has ended, section <c>Gatehouse:Auth:BackChannelLogout</c> of a silo's configuration.</summary>
public sealed class LogoutOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Gatehouse:Auth:BackChannelLogout";

    /// <summary>How often a client is tried that does not answer as it should. Default 8: for some four hours.</summary>
    [Range(1, 30)] public int Attempts { get; set; } = 8;

    /// <summary>How long after the first attempt the second follows; each pause is four times the one before. Default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "01:00:00")] public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest pause. Default 2 h.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")] public TimeSpan RetryAtMost { get; set; } = TimeSpan.FromHours(2);

    /// <summary>How long what was given up can be looked at and tried again. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "90.00:00:00")] public TimeSpan KeepGivenUp { get; set; } = TimeSpan.FromDays(7);
}

[OptionsValidator]
internal sealed partial class LogoutOptionsValidator : IValidateOptions<LogoutOptions>;
