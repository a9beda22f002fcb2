using System.Globalization;

namespace Gatehouse.Grains.Lending;

/// <summary>
/// Names what a member has begun: a loan, a hold. It tells whose it is, so that it can be found without an index:
/// <c>NUMBER.MEMBER</c>, numbers counting each member's own.
/// </summary>
public static class ErrandId
{
    /// <summary>The longest member id.</summary>
    public const int MaxMember = 64;

    /// <summary>The id of a member's errand.</summary>
    public static string Of(string member, long number) => string.Create(CultureInfo.InvariantCulture, $"{number}.{member}");

    /// <summary>Reads an id.</summary>
    public static bool TryParse(string? id, out string member)
    {
        var dot = id?.IndexOf('.', StringComparison.Ordinal) ?? -1;
        if (dot is < 1 or > 18 || !id.AsSpan(0, dot).TrimStart("0123456789").IsEmpty || !IsMember(id![(dot + 1)..]))
        {
            member = "";
            return false;
        }

        member = id[(dot + 1)..];
        return true;
    }

    /// <summary>Whether it can be the id of a member: 1 to 64 letters, digits, <c>-</c>, <c>_</c>, <c>.</c> or <c>@</c>.</summary>
    public static bool IsMember(string? id) =>
        id is { Length: > 0 and <= MaxMember } && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '@');
}
