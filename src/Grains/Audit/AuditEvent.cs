using System.Collections.Immutable;

namespace Gatehouse.Grains.Audit;

/// <summary>Something that whoever looks after the system must be able to find out later: a management change, a security event.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.audit.event")]
public sealed record AuditEvent
{
    /// <summary>What happened, from the general to the special: <c>session.revoked</c>, <c>management.denied</c>.</summary>
    [Id(0)] public required string Type { get; init; }

    /// <summary>Who did it: <c>user:ID</c>, <c>client:ID</c>, <c>api-key:ID</c>, <c>local</c>, <c>secret</c>, or <c>anonymous</c>.</summary>
    [Id(1)] public required string Actor { get; init; }

    /// <summary>What it was done to, such as a path or <c>user:ID</c>; empty when the type says it all.</summary>
    [Id(2)] public string Target { get; init; } = "";

    /// <summary>What came of it.</summary>
    [Id(3)] public AuditOutcome Outcome { get; init; }

    /// <summary>When it happened; stamped when it is recorded.</summary>
    [Id(4)] public DateTimeOffset At { get; init; }

    /// <summary>Where the request came from; empty when there was none.</summary>
    [Id(5)] public string Address { get; init; } = "";

    /// <summary>The request's trace id, which the other logs have too.</summary>
    [Id(6)] public string TraceId { get; init; } = "";

    /// <summary>Whatever else tells about it; never a secret.</summary>
    [Id(7)] public ImmutableDictionary<string, string> Details { get; init; } = ImmutableDictionary<string, string>.Empty;
}

/// <summary>What came of an event's action.</summary>
[GenerateSerializer, Alias("gatehouse.audit.outcome")]
public enum AuditOutcome
{
    /// <summary>It was done.</summary>
    Success = 0,

    /// <summary>It was not allowed.</summary>
    Denied = 1,

    /// <summary>It did not work.</summary>
    Failed = 2,
}

/// <summary>An event with its place in the log.</summary>
/// <param name="Number">Counts up by one, without gaps, in the order they were written.</param>
/// <param name="Event">The event.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.audit.record")]
public sealed record AuditRecord([property: Id(0)] long Number, [property: Id(1)] AuditEvent Event);
