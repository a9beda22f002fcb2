using System.Collections.Immutable;
using System.Security.Claims;
using Gatehouse.Api.Auth.Clients;
using Gatehouse.Api.Views;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Gatehouse.Api.Auth.Server.Tokens;

/// <summary>Decides whom the tokens are about that a client asks for at <c>/connect/token</c>. The client, and what it shows, are checked already.</summary>
internal sealed class AnswerTokenRequest(IReplica<ClientDirectory> clients, IOptions<AuthOptions> options, TimeProvider time)
    : IOpenIddictServerHandler<HandleTokenRequestContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<HandleTokenRequestContext>()
            .UseSingletonHandler<AnswerTokenRequest>()
            .SetOrder(0)
            .Build();

    public ValueTask HandleAsync(HandleTokenRequestContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var request = context.Request;
        var principal = request.GrantType switch
        {
            GrantTypes.ClientCredentials => OfClient(context),
            GrantTypes.TokenExchange => OfSubjectToken(context),
            _ => context.AuthorizationCodePrincipal ?? context.RefreshTokenPrincipal ?? context.DeviceCodePrincipal,
        };
        if (principal is null)
        {
            if (!context.IsRejected)
            {
                context.Reject(Errors.UnsupportedGrantType, "The grant type is not supported.");
            }

            return ValueTask.CompletedTask;
        }

        Address(principal, request);
        Limit(principal, request.IsTokenExchangeGrantType() ? context.SubjectTokenPrincipal?.GetExpirationDate() : TokenIdentity.EndOfSession(principal));
        context.SignIn(principal);
        return ValueTask.CompletedTask;
    }

    private ClaimsPrincipal? OfClient(HandleTokenRequestContext context)
    {
        if (clients.Current.Find(context.ClientId!) is not { Disabled: false } client)
        {
            context.Reject(Errors.InvalidClient, "The client is not known.");
            return null;
        }

        var scopes = context.Request.GetScopes();
        // Nobody is there who could sign in, and so nothing to say of them, or to go on without them.
        if (scopes.Contains(Scopes.OpenId) || scopes.Contains(Scopes.OfflineAccess))
        {
            context.Reject(Errors.InvalidScope, "A client that acts for itself has no user: openid and offline_access are not for it.");
            return null;
        }

        return TokenIdentity.OfClient(client, scopes);
    }

    private static ClaimsPrincipal? OfSubjectToken(HandleTokenRequestContext context)
    {
        if (context.SubjectTokenPrincipal is not { } subject || subject.GetTokenType() != TokenTypeIdentifiers.AccessToken)
        {
            context.Reject(Errors.InvalidRequest, "The subject token must be an access token.");
            return null;
        }

        var granted = subject.GetScopes();
        var asked = context.Request.GetScopes();
        // A token is exchanged for one that can do as much or less.
        if (asked.Except(granted, StringComparer.Ordinal).Any())
        {
            context.Reject(Errors.InvalidScope, "The subject token does not have all of the scopes.");
            return null;
        }

        AttachActor.Note(context.Transaction, context.ClientId!, subject);
        return TokenIdentity.OfToken(subject, asked.IsEmpty ? granted.Remove(Scopes.OfflineAccess) : asked);
    }

    // Nothing outlives what it came from: the session, or the token that was exchanged.
    private void Limit(ClaimsPrincipal principal, DateTimeOffset? end)
    {
        if (end - time.GetUtcNow() is { } left && left < options.Value.AccessTokenLifetime)
        {
            var lifetime = TimeSpan.FromSeconds(Math.Max(1, Math.Floor(left.TotalSeconds)));
            principal.SetAccessTokenLifetime(lifetime);
            principal.SetIssuedTokenLifetime(lifetime);
        }
    }

    private void Address(ClaimsPrincipal principal, OpenIddictRequest request)
    {
        ImmutableArray<string> asked = [.. request.GetResources().Concat(request.GetAudiences()).Distinct(StringComparer.Ordinal)];
        if (!asked.IsEmpty)
        {
            principal.SetResources(asked);
        }
        else if (principal.GetResources().IsEmpty)
        {
            principal.SetResources(options.Value.Audience);
        }
    }
}
