using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gatehouse.Grains.Identity.Keys;

/// <summary>The life of signing keys, section <c>Gatehouse:Auth:Keys</c>.</summary>
public sealed class SigningKeyOptions : IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Gatehouse:Auth:Keys";

    /// <summary>How long a key signs before the next takes over.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "730.00:00:00")]
    public TimeSpan RotateEvery { get; set; } = TimeSpan.FromDays(60);

    /// <summary>How long a key is published before it signs: longer than anybody caches the published keys.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan AnnounceFor { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long a retired key is still accepted: longer than any token lives.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "90.00:00:00")]
    public TimeSpan RetainFor { get; set; } = TimeSpan.FromDays(2);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (AnnounceFor >= RotateEvery)
        {
            yield return new ValidationResult(
                $"{Section}:AnnounceFor ({AnnounceFor}) must be shorter than {Section}:RotateEvery ({RotateEvery}).",
                [nameof(AnnounceFor)]);
        }
    }
}

[OptionsValidator]
internal sealed partial class SigningKeyOptionsValidator : IValidateOptions<SigningKeyOptions>;
