using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Api.Auth.Clients;
using Gatehouse.Api.Gateway.Auth;
using Gatehouse.Api.Hosting;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Identity.Clients;

namespace Gatehouse.Api.Auth.Management;

/// <summary>Finds out who calls the management surface.</summary>
internal sealed class ManagementCallers(
    GatehouseOptions options, Listeners listeners, Authenticator authenticator, IReplica<ClientDirectory> clients)
{
    private readonly byte[]? secret = options.ManagementSecret is { } value ? Digest(value) : null;

    /// <summary>Who calls without having to ask anybody: a local caller of the embedded default; null when it is none.</summary>
    /// <remarks>
    /// The Host must be local too, or a page whose name an attacker points at 127.0.0.1 (DNS rebinding) would pass for a local
    /// caller. A request with forwarding headers comes from elsewhere, by way of a local proxy.
    /// </remarks>
    public ManagementCaller? Local(HttpContext context) =>
        options.Embedded
        && listeners.ManagementIsLoopback
        && context.Connection.RemoteIpAddress is { } caller
        && IPAddress.IsLoopback(caller)
        && IsLocal(context.Request.Host.Host)
        && !context.Request.Headers.ContainsKey("X-Forwarded-For")
        && !context.Request.Headers.ContainsKey("Forwarded")
            ? ManagementCaller.Local
            : null;

    /// <summary>Who calls by the credentials they present.</summary>
    public async ValueTask<(ManagementCaller? Caller, Refusal Refusal)> Identify(HttpContext context)
    {
        if (context.Request.Headers.Authorization is [{ } text] && AuthenticationHeaderValue.TryParse(text, out var header))
        {
            if (BasicCredentials.TryRead(header, out var basic))
            {
                return IsSecret(basic.Password) ? (ManagementCaller.Secret, Refusal.None) : await Client(basic, context.RequestAborted);
            }

            if (header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) && header.Parameter is { } token && IsSecret(token))
            {
                return (ManagementCaller.Secret, Refusal.None);
            }
        }

        var verification = await authenticator.Authenticate(context);
        if (verification.Credential is not { } credential)
        {
            return (null, verification.Refusal);
        }

        var caller = credential.Caller;
        var scope = caller.Kind == CredentialKind.Session ? ManagementScopes.OfRoles(caller.Roles) : ManagementScopes.OfScopes(caller.Scopes);
        return (new ManagementCaller(caller.Actor, scope), Refusal.None);
    }

    // Clients of Eureka cannot ask for a token; a client that may act for itself may show its id and secret instead.
    private async ValueTask<(ManagementCaller? Caller, Refusal Refusal)> Client(BasicCredentials basic, CancellationToken cancellation)
    {
        var directory = await clients.Read(cancellation);
        if (clients.State != LeaseState.Leased)
        {
            return (null, Refusal.Unknown);
        }

        return directory.Find(basic.Name) is { Disabled: false, Secret: { } kept } client
            && client.Grants.Contains(ClientGrants.ClientCredentials)
            && kept.Matches(basic.Password)
                ? (new ManagementCaller($"client:{client.Id}", ManagementScopes.OfScopes(client.Scopes)), Refusal.None)
                : (null, Refusal.Invalid);
    }

    private static bool IsLocal(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host is "127.0.0.1" or "[::1]";

    // Digests have one length, so neither content nor length of the secret shows in the time this takes.
    private bool IsSecret(string presented) => secret is not null && CryptographicOperations.FixedTimeEquals(Digest(presented), secret);

    private static byte[] Digest(string value) => SHA256.HashData(Encoding.UTF8.GetBytes(value));
}
