using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Gatehouse.Grains.Identity.Sessions.Attributes;

namespace Gatehouse.Grains.Identity.Sessions;

/// <summary>What a session's grain keeps in the store, which forgets it some time after the session must be over.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.identity.session-state")]
internal sealed record SessionState
{
    /// <summary>The session; null when there never was one.</summary>
    [Id(0)] public Session? Session { get; init; }

    /// <summary>The SHA-256 of what the browser holds.</summary>
    [Id(1)] public byte[] Handle { get; init; } = [];

    /// <summary>Why it was ended; null while it was not.</summary>
    [Id(2)] public SessionEnd? Ended { get; init; }

    /// <summary>Until when front doors are to remember that it was ended.</summary>
    [Id(3)] public DateTimeOffset RevokedUntil { get; init; }

    /// <summary>The clients that are to be told when it ends; once it has, those that are not known to be yet.</summary>
    [Id(4)] public ImmutableArray<string> Clients { get; init; } = [];

    /// <summary>What services keep in it; null when nothing.</summary>
    [Id(5), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SessionAttributes? Attributes { get; init; }
}
