using System.Collections.Immutable;
using Gatehouse.Api.Routing;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Api.Gateway.Caching;

/// <summary>A response that is kept. Immutable, but for how far it is known not to be invalidated.</summary>
internal sealed record StoredResponse
{
    // What an entry takes beside its texts and its body, about.
    private const int Overhead = 512;

    private long sequence;

    /// <summary>The route, as it was then: a changed route begins with nothing.</summary>
    public required CompiledRoute Route { get; init; }

    public required CachePlace Place { get; init; }

    /// <summary>The service that it came from, when a sticky canary decides that; otherwise null.</summary>
    public string? Side { get; init; }

    public required int Status { get; init; }

    public required ImmutableArray<KeyValuePair<string, StringValues>> Headers { get; init; }

    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The request's headers that it differs by, with the values it was asked for with.</summary>
    public required ImmutableArray<(string Name, string Value)> Vary { get; init; }

    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>The age that it had when it came.</summary>
    public required TimeSpan InitialAge { get; init; }

    /// <summary>When it came, as a timestamp.</summary>
    public required long StoredAt { get; init; }

    public required TimeSpan Lifetime { get; init; }

    public TimeSpan StaleIfError { get; init; }

    public TimeSpan StaleWhileRevalidate { get; init; }

    public bool AlwaysValidate { get; init; }

    public bool MustRevalidate { get; init; }

    /// <summary>Whether it may be given to those who say who they are.</summary>
    public bool Shared { get; init; }

    public string? ETag { get; init; }

    public string? LastModified { get; init; }

    /// <summary>The latest invalidation that does not concern it.</summary>
    public long Sequence
    {
        get => Volatile.Read(ref sequence);
        set => Volatile.Write(ref sequence, value);
    }

    public bool CanBeValidated => ETag is not null || LastModified is not null;

    public TimeSpan AgeAt(TimeProvider time) => InitialAge + time.GetElapsedTime(StoredAt);

    /// <summary>Whether it may stand in for an error.</summary>
    public bool MayStandIn(TimeProvider time) => !MustRevalidate && AgeAt(time) - Lifetime <= StaleIfError && StaleIfError > TimeSpan.Zero;

    /// <summary>Whether the request would have got this response.</summary>
    public bool Answers(HttpRequest request, string? side)
    {
        if (!string.Equals(side, Side, StringComparison.Ordinal))
        {
            return false;
        }

        foreach (var (name, value) in Vary)
        {
            if (!string.Equals(ValueOf(request, name), value, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the same requests get it as another response.</summary>
    public bool Replaces(StoredResponse other) => Side == other.Side && Vary.AsSpan().SequenceEqual(other.Vary.AsSpan());

    /// <summary>A request header as responses differ by it: spaces and the letters' case of lists of codings make no difference.</summary>
    public static string ValueOf(HttpRequest request, string name)
    {
        var value = request.Headers[name].ToString();
        return name.Equals("Accept-Encoding", StringComparison.OrdinalIgnoreCase)
            ? value.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant()
            : value;
    }

    /// <summary>The memory that it takes, about.</summary>
    public long Size => Overhead + Body.Length + (2L * Place.Key.Length) + (2L * Place.Path.Length)
        + Headers.Sum(header => 2L * (header.Key.Length + header.Value.Sum(value => value?.Length ?? 0)))
        + Vary.Sum(one => 2L * (one.Name.Length + one.Value.Length));
}
