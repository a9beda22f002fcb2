using Gatehouse.Api.Views;
using Gatehouse.Grains.Identity.Clients;
using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Auth.Clients;

/// <summary>Turns the <c>clients</c> view into a directory.</summary>
internal sealed class ClientProjection : IViewProjection<ClientDirectory>
{
    public ClientDirectory Empty => ClientDirectory.Empty;

    public ClientDirectory Apply(ClientDirectory current, IReadOnlyList<ViewChange> changes, bool replace, ViewVersion version) =>
        current.With(changes.Select(change => KeyValuePair.Create(change.Key, change.Value as Client)), replace);
}
