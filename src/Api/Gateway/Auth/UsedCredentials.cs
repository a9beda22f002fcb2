using System.Collections.Immutable;
using Gatehouse.Grains.Routing;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Api.Gateway.Auth;

/// <summary>
/// The headers whose credentials this front door has looked at. They end here: a service that got them could use them in the
/// caller's name, and <c>Gatehouse-Identity</c> tells it who calls.
/// </summary>
internal static class UsedCredentials
{
    private static readonly ImmutableArray<string> Both = [HeaderNames.Authorization, PresentedCredential.ApiKeyHeader];
    private static readonly ImmutableArray<string> ApiKeyOnly = [PresentedCredential.ApiKeyHeader];

    public static ImmutableArray<string> Of(RouteAuth auth)
    {
        if (auth.Anonymous)
        {
            return [];
        }

        return auth.ForwardToken ? ApiKeyOnly : Both;
    }
}
