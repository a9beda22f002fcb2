using System.Collections.Immutable;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Identity.ApiKeys;
using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Auth.ApiKeys;

/// <summary>All API keys, as one front door knows them. Immutable.</summary>
/// <param name="ById">The keys by id.</param>
internal sealed record ApiKeyDirectory(ImmutableDictionary<string, ApiKey> ById)
{
    /// <summary>No keys.</summary>
    public static ApiKeyDirectory Empty { get; } = new(ImmutableDictionary.Create<string, ApiKey>(StringComparer.Ordinal));
}

/// <summary>Turns the <c>api-keys</c> view into a directory.</summary>
internal sealed class ApiKeyProjection : IViewProjection<ApiKeyDirectory>
{
    public ApiKeyDirectory Empty => ApiKeyDirectory.Empty;

    public ApiKeyDirectory Apply(ApiKeyDirectory current, IReadOnlyList<ViewChange> changes, bool replace, ViewVersion version)
    {
        var keys = (replace ? Empty : current).ById.ToBuilder();
        foreach (var change in changes)
        {
            if (change.Value is ApiKey key)
            {
                keys[change.Key] = key;
            }
            else
            {
                keys.Remove(change.Key);
            }
        }

        return new ApiKeyDirectory(keys.ToImmutable());
    }
}
