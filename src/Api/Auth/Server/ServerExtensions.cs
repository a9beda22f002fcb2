using System.Security.Cryptography;
using Gatehouse.Api.Auth.Pages;
using Gatehouse.Api.Auth.Server.Pages;
using Gatehouse.Api.Auth.Server.Stores;
using Gatehouse.Api.Auth.Server.Tokens;
using Gatehouse.Grains.Identity.Clients;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Gatehouse.Api.Auth.Server;

/// <summary>Puts the authorization server into the front door: OAuth 2.1 and OpenID Connect by OpenIddict, over grains.</summary>
internal static class ServerExtensions
{
    // Long enough for a browser to come back, and short for whoever reads its history.
    private static readonly TimeSpan CodeLifetime = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PushedRequestLifetime = TimeSpan.FromMinutes(10);

    /// <summary>Adds the server.</summary>
    public static IServiceCollection AddAuthServer(this IServiceCollection services)
    {
        services.AddHostedService<IssuerCheck>();
        services.AddSingleton<TokenFamilies>();
        services.AddSingleton<FormTickets>();
        services.AddSingleton<ServerKeys>();
        services.AddSingleton<IConfigureOptions<OpenIddictServerOptions>>(provider => provider.GetRequiredService<ServerKeys>());
        services.AddSingleton<IOptionsChangeTokenSource<OpenIddictServerOptions>>(provider => provider.GetRequiredService<ServerKeys>());
        services.AddHostedService(provider => provider.GetRequiredService<ServerKeys>());
        services.AddOptions<OpenIddictServerOptions>().Configure<IOptions<AuthOptions>>(SetLifetimes);
        services.AddSingleton<HandlerIndex>();
        services.AddScoped<OpenIddictServerDispatcher>();
        services.AddOpenIddict()
            .AddCore(AddStores)
            .AddServer(server =>
            {
                SetEndpoints(server);
                SetFlows(server);
                SetHandlers(server);
                server.UseDataProtection().PreferDefaultAccessTokenFormat();
                server.UseAspNetCore()
                    .EnableAuthorizationEndpointPassthrough()
                    .EnableEndSessionEndpointPassthrough()
                    .EnableEndUserVerificationEndpointPassthrough()
                    .EnableErrorPassthrough()
                    .SuppressJsonResponseIndentation()
                    // TLS may end before the front door; docs/auth.md says where it must be.
                    .DisableTransportSecurityRequirement();
            });
        services.Replace(ServiceDescriptor.Scoped<IOpenIddictServerDispatcher, ServerDispatcher>());
        return services;
    }

    /// <summary>Adds what comes before the endpoints.</summary>
    public static void UseAuthServer(this IApplicationBuilder surface)
    {
        surface.UseMiddleware<KeysRequired>();
        surface.UseAuthentication();
    }

    /// <summary>Maps the pages that users see; OpenIddict answers the other endpoints before they are routed.</summary>
    public static void MapAuthServer(this IEndpointRouteBuilder endpoints)
    {
        var pages = endpoints.MapGroup("/connect");
        // No endpoint filter: behind one, nothing is shown that OpenIddict has given the status 400.
        ((IEndpointConventionBuilder)pages).Finally(page =>
        {
            var answer = page.RequestDelegate!;
            page.RequestDelegate = context =>
            {
                // Forms lead back to clients of any address: form-action would stop the redirect that follows.
                PageSecurity.Protect(context.Response.Headers, formsLeadAnywhere: true);
                return answer(context);
            };
        });
        pages.MapMethods("/authorize", ["GET", "POST"], AuthorizePage.Answer);
        pages.MapMethods("/verify", ["GET", "POST"], DevicePage.Answer);
        pages.MapMethods("/logout", ["GET", "POST"], LogoutPage.Answer);
    }

    private static void AddStores(OpenIddictCoreBuilder core)
    {
        core.SetDefaultApplicationEntity<Client>().ReplaceApplicationStore<Client, ClientStore>().ReplaceApplicationManager<Client, ClientManager>();
        core.SetDefaultAuthorizationEntity<AuthorizationEntity>().ReplaceAuthorizationStore<AuthorizationEntity, AuthorizationStore>();
        core.SetDefaultScopeEntity<Scope>().ReplaceScopeStore<Scope, ScopeStore>();
        core.SetDefaultTokenEntity<TokenEntity>().ReplaceTokenStore<TokenEntity, TokenStore>().ReplaceTokenManager<TokenEntity, TokenManager>();
        // The directory is in memory, and TokenStore remembers what a request has read.
        core.DisableEntityCaching();
    }

    private static void SetEndpoints(OpenIddictServerBuilder server) => server
        .SetConfigurationEndpointUris(".well-known/openid-configuration", ".well-known/oauth-authorization-server")
        .SetJsonWebKeySetEndpointUris(".well-known/jwks")
        .SetAuthorizationEndpointUris("connect/authorize")
        .SetPushedAuthorizationEndpointUris("connect/par")
        .SetTokenEndpointUris("connect/token")
        .SetDeviceAuthorizationEndpointUris("connect/device")
        .SetEndUserVerificationEndpointUris("connect/verify")
        .SetIntrospectionEndpointUris("connect/introspect")
        .SetRevocationEndpointUris("connect/revoke")
        .SetUserInfoEndpointUris("connect/userinfo")
        .SetEndSessionEndpointUris("connect/logout");

    private static void SetFlows(OpenIddictServerBuilder server) => server
        .AllowClientCredentialsFlow()
        .AllowAuthorizationCodeFlow()
        .AllowRefreshTokenFlow()
        .AllowDeviceAuthorizationFlow()
        .AllowTokenExchangeFlow()
        .RequireProofKeyForCodeExchange()
        .Configure(options =>
        {
            options.CodeChallengeMethods.Remove(CodeChallengeMethods.Plain);
            options.RefreshTokenReuseLeeway = null;
        })
        .UseReferenceRefreshTokens()
        .DisableSlidingRefreshTokenExpiration()
        .DisableAccessTokenEncryption()
        // Which of them a client may ask for is its own permission.
        .DisableResourceValidation()
        .DisableAudienceValidation()
        .RegisterScopes(Scopes.Profile, Scopes.Roles)
        .RegisterClaims(Claims.Name, Claims.PreferredUsername, TokenIdentity.Roles, TokenIdentity.Session)
        // Nothing is encrypted with it: what is kept is protected by the key ring, what is given out is signed.
        .AddEncryptionKey(new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)));

    private static void SetHandlers(OpenIddictServerBuilder server)
    {
        server.RemoveEventHandler(OpenIddictServerHandlers.Protection.CreateTokenEntry.Descriptor).AddEventHandler(DraftTokenEntry.Descriptor);
        server.RemoveEventHandler(OpenIddictServerHandlers.Protection.AttachTokenPayload.Descriptor).AddEventHandler(KeepTokenEntry.Descriptor);
        server.RemoveEventHandler(OpenIddictServerHandlers.RedeemTokenEntry.Descriptor).AddEventHandler(RedeemOnce.Descriptor);
        server.RemoveEventHandler(OpenIddictServerHandlers.Revocation.RevokeToken.Descriptor).AddEventHandler(RevokeToken.Descriptor);
        server.AddEventHandler(ChooseSigningKey.Descriptor);
        server.AddEventHandler(AttachActor.Descriptor);
        server.AddEventHandler(CheckRevocation.Descriptor);
        server.AddEventHandler(JoinSession.Descriptor);
        server.AddEventHandler(KeepFamilySession.Descriptor);
        server.AddEventHandler(AllowExchange.Descriptor);
        server.AddEventHandler(AnswerTokenRequest.Descriptor);
        server.AddEventHandler(AnswerUserInfo.Descriptor);
        server.AddEventHandler(AuditDenials.Descriptor);
        server.AddEventHandler(AdvertiseLogout.Descriptor);
    }

    private static void SetLifetimes(OpenIddictServerOptions server, IOptions<AuthOptions> auth)
    {
        server.AuthorizationCodeLifetime = CodeLifetime;
        server.RequestTokenLifetime = PushedRequestLifetime;
        server.AccessTokenLifetime = auth.Value.AccessTokenLifetime;
        server.IssuedTokenLifetime = auth.Value.AccessTokenLifetime;
        server.IdentityTokenLifetime = auth.Value.AccessTokenLifetime;
        server.RefreshTokenLifetime = auth.Value.RefreshTokenLifetime;
        server.DeviceCodeLifetime = auth.Value.DeviceCodeLifetime;
        server.UserCodeLifetime = auth.Value.DeviceCodeLifetime;
    }
}
