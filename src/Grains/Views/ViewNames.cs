using System.Globalization;

namespace Gatehouse.Grains.Views;

/// <summary>The names of the views, which are the keys of their publishers.</summary>
public static class ViewNames
{
    /// <summary>Instances of services, by <c>SERVICE/instance id</c>.</summary>
    public const string Registry = "registry";

    /// <summary>Route documents, by route id.</summary>
    public const string Routes = "routes";

    /// <summary>API keys of machine clients, by key id.</summary>
    public const string ApiKeys = "api-keys";

    /// <summary>What was revoked, by <c>RevocationKey</c>: one view for each shard.</summary>
    public static string Revocations(int shard) => string.Create(CultureInfo.InvariantCulture, $"revocations/{shard}");

    /// <summary>Keys that tokens are signed with, by key id.</summary>
    public const string SigningKeys = "signing-keys";

    /// <summary>Invalidations of cached responses, by target.</summary>
    public const string Cache = "cache";

    /// <summary>Circuits that are not closed, by service, or by <c>SERVICE/instance id</c>.</summary>
    public const string Circuits = "circuits";

    /// <summary>Clients of the authorization server, by client id.</summary>
    public const string Clients = "clients";
}
