using System.Globalization;
using System.Security.Claims;
using Gatehouse.Api.Auth.Pages;
using Gatehouse.Api.Auth.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Auth.Users;

/// <summary>Who is logged in in the browser that a request came from.</summary>
/// <param name="Account">The user.</param>
/// <param name="SessionId">The browser's session.</param>
/// <param name="AuthenticatedAt">When the user last gave credentials in it.</param>
internal sealed record Visitor(Account Account, string SessionId, DateTimeOffset AuthenticatedAt)
{
    /// <summary>What the pages call the user.</summary>
    public string Name => Account.User.Name.Length > 0 ? Account.User.Name : Account.User.Login;

    /// <summary>The visitor of an endpoint that is for those who are logged in.</summary>
    public static Visitor Of(HttpContext context) => context.Features.GetRequiredFeature<Visitor>();

    /// <summary>Finds out who it is.</summary>
    public static async Task<Visitor?> Find(HttpContext context, Accounts accounts)
    {
        var session = await context.AuthenticateAsync(SessionCookie.Scheme);
        return session.Principal is { } principal && await accounts.FindByIdAsync(principal.FindFirstValue("sub")!) is { User.Disabled: false } account
            ? new Visitor(
                account,
                principal.FindFirstValue("sid")!,
                DateTimeOffset.FromUnixTimeSeconds(long.Parse(principal.FindFirstValue("auth_time")!, CultureInfo.InvariantCulture)))
            : null;
    }
}

/// <summary>Lets those through who are logged in, and sends the others to the login page.</summary>
internal sealed class LoggedIn(IServiceProvider services) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (await Visitor.Find(http, http.RequestServices.GetRequiredService<Accounts>()) is not { } visitor)
        {
            return TypedResults.Redirect($"/account/login?returnUrl={Uri.EscapeDataString(Target(http))}");
        }

        var options = services.GetRequiredService<IOptions<AccountOptions>>().Value;
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
        // What changes how a user logs in is for those who can just now.
        if (http.GetEndpoint()?.Metadata.GetMetadata<AsksAgain>() is not null && now - visitor.AuthenticatedAt > options.FreshFor)
        {
            return TypedResults.Redirect($"/account/reauthenticate?returnUrl={Uri.EscapeDataString(Target(http))}");
        }

        http.Features.Set(visitor);
        return await next(context);
    }

    // A form is not sent again after a login: its page is shown.
    private static string Target(HttpContext http) => HttpMethods.IsGet(http.Request.Method) ? Page.Local(http.Request.Path + http.Request.QueryString) : "/account";
}

/// <summary>Marks endpoints that take fresh credentials.</summary>
internal sealed class AsksAgain
{
    public static readonly AsksAgain Metadata = new();

    private AsksAgain()
    {
    }
}
