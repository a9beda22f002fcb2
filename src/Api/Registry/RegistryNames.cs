using System.Buffers;
using System.Text;
using Gatehouse.Api.Problems;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Registry;

/// <summary>The names of services, instances and statuses as callers write them.</summary>
internal static class RegistryNames
{
    public const string ServiceRule = "must be 1 to 128 letters, digits, '.', '_' or '-'";

    public const string InstanceRule = "must be 1 to 256 printable characters without '/', '?' and '#'";

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    // Besides what separates the parts of a URL: line separators, and what stands for broken text.
    private static readonly Rune[] NotInIds = [.. "/?#\u2028\u2029\uFFFD".EnumerateRunes()];

    /// <summary>The service's name in the form it is kept in; false for one that is not a name.</summary>
    public static bool TryService(string text, out string name)
    {
        name = text;
        if (text.Length is 0 or > 128 || text.AsSpan().ContainsAnyExcept(NameCharacters))
        {
            return false;
        }

        name = text.ToUpperInvariant();
        return true;
    }

    /// <summary>Whether the text, already percent-decoded, is an instance's id.</summary>
    public static bool IsInstance(string text)
    {
        // A slash stays encoded when a path is decoded. Broken text decodes to the replacement character.
        return text.Length is > 0 and <= 256
            && !text.Contains("%2F", StringComparison.OrdinalIgnoreCase)
            && text.EnumerateRunes().All(rune => !Rune.IsControl(rune) && !NotInIds.Contains(rune));
    }

    /// <summary>The names of a path; a problem when one is wrong.</summary>
    public static Problem? Check(string service, string id, out string name)
    {
        var errors = new Dictionary<string, string[]>();
        if (!TryService(service, out name))
        {
            errors["service"] = [ServiceRule];
        }

        if (!IsInstance(id))
        {
            errors["id"] = [InstanceRule];
        }

        return errors.Count == 0 ? null : RegistryProblems.Invalid(errors);
    }

    /// <summary>A status as this API writes it.</summary>
    public static string Of(InstanceStatus status) => status switch
    {
        InstanceStatus.Up => "up",
        InstanceStatus.Down => "down",
        InstanceStatus.Starting => "starting",
        InstanceStatus.OutOfService => "out-of-service",
        _ => "unknown",
    };
}
