using System.Collections.Immutable;
using Gatehouse.Grains.Identity.Sessions.Attributes;

namespace Gatehouse.Grains.Identity.Sessions;

/// <summary>What others have to do with a session: services that keep things in it, clients that are told when it ends.</summary>
internal sealed partial class SessionLife
{
    // A browser that starts more programs than this has others to worry about.
    private const int MaxClients = 100;

    /// <summary>Whether somebody is to be told when the session ends.</summary>
    public bool HasClients => !State.Clients.IsEmpty;

    /// <summary>The clients that are still to be told that it has ended.</summary>
    public ImmutableArray<string> Untold => State.Ended is null ? [] : State.Clients;

    /// <summary>See <see cref="ISessionGrain.Join"/>.</summary>
    public Task Join(string clientId) =>
        Find() is null || State.Clients.Contains(clientId) || State.Clients.Length >= MaxClients
            ? Task.CompletedTask
            : Write(State with { Clients = State.Clients.Add(clientId) });

    /// <summary>All clients are known to whoever tells them.</summary>
    public Task Told() => Write(State with { Clients = [] });

    /// <summary>See <see cref="ISessionGrain.Attributes"/>.</summary>
    public SessionAttributes? Attributes() => Find() is null ? null : State.Attributes ?? SessionAttributes.None;

    /// <summary>See <see cref="ISessionGrain.ChangeAttributes"/>.</summary>
    public async Task<AttributesWrite?> Change(AttributesChange change)
    {
        if (Attributes() is not { } current)
        {
            return null;
        }

        var answer = AttributeRules.Apply(current, change, options.MaxAttributes);
        if (answer.Attributes.Version != current.Version)
        {
            await Write(State with { Attributes = answer.Attributes });
        }

        return answer;
    }
}
