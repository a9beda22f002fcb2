using System.ComponentModel.DataAnnotations;

namespace Gatehouse.Silo.Hosting;

/// <summary>Reads settings before anything is started, so that a bad one costs one clear line.</summary>
public static class Settings
{
    /// <summary>Reads and validates a section.</summary>
    /// <exception cref="StartupException">Settings are missing or wrong; the message has a line for each.</exception>
    public static TOptions Read<TOptions>(IConfiguration configuration, string section) where TOptions : class, new()
    {
        var options = new TOptions();
        try
        {
            configuration.GetSection(section).Bind(options);
        }
        catch (InvalidOperationException e)
        {
            // The binder's own message names the key and the value.
            throw new StartupException(e.Message, e);
        }

        var errors = new List<ValidationResult>();
        if (!Validator.TryValidateObject(options, new ValidationContext(options), errors, validateAllProperties: true))
        {
            throw new StartupException(string.Join(
                Environment.NewLine,
                errors.Select(error => $"{section}:{error.MemberNames.FirstOrDefault()}: {error.ErrorMessage}")));
        }

        return options;
    }
}
