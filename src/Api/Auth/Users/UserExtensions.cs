using Gatehouse.Api.Auth.Mail;
using Gatehouse.Api.Auth.Pages;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Auth.Users;

/// <summary>Puts users, and the pages by which they log in and look after their accounts, into the front door.</summary>
internal static class UserExtensions
{
    /// <summary>Adds ASP.NET Core Identity over grains.</summary>
    public static IServiceCollection AddUsers(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AccountOptions>, AccountOptionsValidator>());
        services.AddOptions<AccountOptions>().BindConfiguration(AccountOptions.Section).ValidateOnStart();
        services.AddMail();
        services.AddPages();
        AddIdentity(services);
        services.AddSingleton<PasswordQueue>();
        services.AddSingleton<BreachedPasswords>();
        services.AddSingleton<TotpSecrets>();
        services.AddSingleton<LoginThrottle>();
        services.AddSingleton<MailThrottle>();
        services.AddSingleton<LoginCookies>();
        services.AddSingleton<PublicAddress>();
        services.AddSingleton<AccountMails>();
        services.AddSingleton<SignUpPolicy>();
        services.AddSingleton<FirstAdministrator>();
        services.AddHostedService(provider => provider.GetRequiredService<FirstAdministrator>());
        services.AddSingleton<AccountEvents>();
        services.AddScoped<PasswordLogin>();
        services.AddScoped<Logins>();
        services.AddScoped<LoginServices>();
        return services;
    }

    /// <summary>Maps the administration of users and sessions on the management listener.</summary>
    public static void MapUsers(this IEndpointRouteBuilder management)
    {
        UsersApi.Map(management);
        RolesApi.Map(management);
        SessionsApi.Map(management);
    }

    /// <summary>Maps the pages under <c>/account</c>.</summary>
    public static void MapAccount(this IEndpointRouteBuilder endpoints)
    {
        var account = endpoints.MapPages("/account");
        PageAssets.Map(account);
        LoginEndpoints.Map(account);
        SignUpEndpoints.Map(account);
        ResetEndpoints.Map(account);
        PasskeyEndpoints.Map(account);

        var loggedIn = account.MapGroup("").AddEndpointFilter<RouteGroupBuilder, LoggedIn>();
        HomeEndpoints.Map(loggedIn);
        LoginEndpoints.MapAgain(loggedIn);
        CredentialEndpoints.Map(loggedIn);
        FactorEndpoints.Map(loggedIn);
        PasskeyEndpoints.MapManagement(loggedIn);
    }

    private static void AddIdentity(IServiceCollection services)
    {
        services.AddSingleton<IPasswordHasher<Account>, Argon2Hasher>();
        services.AddIdentityCore<Account>(identity =>
            {
                identity.User.AllowedUserNameCharacters = null!;
                identity.Stores.MaxLengthForKeys = 0;
            })
            .AddUserManager<Accounts>()
            .AddUserStore<UserStore>()
            .AddTokenProvider<DataProtectorTokenProvider<Account>>(TokenOptions.DefaultProvider)
            .AddTokenProvider<TotpProvider>(TokenOptions.DefaultAuthenticatorProvider);
        services.RemoveAll<IPasswordValidator<Account>>();
        services.AddSingleton<IPasswordValidator<Account>, PasswordRules>();
        services.AddOptions<DataProtectionTokenProviderOptions>()
            .Configure<IOptions<AccountOptions>>((tokens, accounts) => tokens.TokenLifespan = accounts.Value.LinkLifetime);
        services.AddScoped<IPasskeyHandler<Account>, PasskeyHandler<Account>>();
        services.AddOptions<IdentityPasskeyOptions>().Configure<PublicAddress>((passkeys, address) =>
        {
            passkeys.UserVerificationRequirement = "required";
            passkeys.ResidentKeyRequirement = "required";
            passkeys.ValidateOrigin = origin => ValueTask.FromResult(
                !origin.CrossOrigin && Uri.TryCreate(origin.Origin, UriKind.Absolute, out var from) && IsOwn(from, address.Base, origin.HttpContext.Request.Host));
        });
    }

    // Behind a proxy that ends TLS a request does not say its own scheme; the browser makes passkeys for secure origins only.
    private static bool IsOwn(Uri origin, Uri address, HostString host) =>
        origin.Authority.Equals(address.Authority, StringComparison.OrdinalIgnoreCase)
        || origin.Authority.Equals(host.Value, StringComparison.OrdinalIgnoreCase);
}
