using System.Collections.Frozen;
using Gatehouse.Grains.Identity.Clients;

namespace Gatehouse.Api.Auth.Clients;

/// <summary>All clients, as one front door knows them: asking for a token needs nobody else's answer. Immutable.</summary>
internal sealed class ClientDirectory
{
    /// <summary>No clients.</summary>
    public static readonly ClientDirectory Empty = new(FrozenDictionary<string, Client>.Empty);

    private readonly FrozenDictionary<string, Client> byId;
    private readonly FrozenSet<string> scopes;

    private ClientDirectory(FrozenDictionary<string, Client> byId)
    {
        this.byId = byId;
        scopes = byId.Values.SelectMany(client => client.Scopes).ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>The clients, disabled ones too.</summary>
    public IReadOnlyCollection<Client> All => byId.Values;

    /// <summary>The client, whether it is disabled or not.</summary>
    public Client? Find(string id) => byId.GetValueOrDefault(id);

    /// <summary>Whether some client may ask for the scope, so that there is such a scope.</summary>
    public bool HasScope(string scope) => scopes.Contains(scope);

    /// <summary>The directory with other clients.</summary>
    public ClientDirectory With(IEnumerable<KeyValuePair<string, Client?>> changes, bool replace)
    {
        var next = replace ? [] : new Dictionary<string, Client>(byId, StringComparer.Ordinal);
        foreach (var (id, client) in changes)
        {
            if (client is null)
            {
                next.Remove(id);
            }
            else
            {
                next[id] = client;
            }
        }

        return new ClientDirectory(next.ToFrozenDictionary(StringComparer.Ordinal));
    }
}
