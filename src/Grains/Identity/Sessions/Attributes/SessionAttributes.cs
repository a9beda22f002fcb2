using System.Collections.Immutable;

namespace Gatehouse.Grains.Identity.Sessions.Attributes;

/// <summary>What services keep in a session, so that they need no session of their own.</summary>
/// <param name="Version">Counts the writes; 0 before the first.</param>
/// <param name="Json">A JSON object, in UTF-8.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.identity.session-attributes")]
public sealed record SessionAttributes([property: Id(0)] long Version, [property: Id(1)] ImmutableArray<byte> Json)
{
    /// <summary>What a session begins with: an object without members.</summary>
    public static readonly SessionAttributes None = new(0, [.. "{}"u8]);
}

/// <summary>What a service wants of a session's attributes.</summary>
/// <param name="Json">A JSON object, in UTF-8.</param>
/// <param name="Merge">Whether it is a merge patch (RFC 7396), or replaces them all.</param>
/// <param name="Expected">The version that it is for; null for whichever there is.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.identity.session-attributes-change")]
public sealed record AttributesChange([property: Id(0)] ImmutableArray<byte> Json, [property: Id(1)] bool Merge, [property: Id(2)] long? Expected);

/// <summary>The answer to a change.</summary>
/// <param name="Outcome">What was done.</param>
/// <param name="Attributes">The attributes as they are now.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.identity.session-attributes-write")]
public sealed record AttributesWrite([property: Id(0)] AttributesOutcome Outcome, [property: Id(1)] SessionAttributes Attributes);

/// <summary>What a change did.</summary>
[GenerateSerializer, Alias("gatehouse.identity.session-attributes-outcome")]
public enum AttributesOutcome
{
    /// <summary>It is written.</summary>
    Written = 0,

    /// <summary>Somebody wrote another version meanwhile.</summary>
    Conflict = 1,

    /// <summary>They would be larger than a session may keep.</summary>
    TooLarge = 2,
}
