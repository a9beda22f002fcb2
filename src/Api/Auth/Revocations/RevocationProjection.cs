using Gatehouse.Api.Views;
using Gatehouse.Grains.Identity.Revocations;
using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Auth.Revocations;

/// <summary>Turns a shard's view into the list that requests look into.</summary>
internal sealed class RevocationProjection : IViewProjection<RevocationList>
{
    /// <inheritdoc/>
    public RevocationList Empty => RevocationList.Empty;

    /// <inheritdoc/>
    public RevocationList Apply(RevocationList current, IReadOnlyList<ViewChange> changes, bool replace, ViewVersion version)
    {
        var entries = (replace ? Empty : current).Entries.ToBuilder();
        foreach (var change in changes)
        {
            if (change.Value is Revocation revocation)
            {
                entries[change.Key] = revocation;
            }
            else
            {
                entries.Remove(change.Key);
            }
        }

        return new RevocationList(entries.ToImmutable());
    }
}
