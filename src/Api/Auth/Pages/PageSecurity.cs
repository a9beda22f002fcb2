using Gatehouse.Api.Auth.Users;
using Gatehouse.Api.Problems;
using Microsoft.AspNetCore.Antiforgery;

namespace Gatehouse.Api.Auth.Pages;

/// <summary>
/// What every page has in common: headers that keep foreign scripts and frames out, and no form or script of
/// another site that acts for a user. An endpoint that changes something is never a GET.
/// </summary>
internal sealed class PageSecurity(IAntiforgery antiforgery) : IEndpointFilter
{
    private static readonly Problem CrossSite = new(
        StatusCodes.Status403Forbidden,
        "cross-site",
        "The page is out of date, or another site's",
        "Go back, load the page again and repeat what you did. Cookies must be allowed.");

    private static readonly Problem Malformed = new(StatusCodes.Status400BadRequest, "bad-request", "The form is malformed");

    private static readonly Problem Busy = new Problem(
        StatusCodes.Status503ServiceUnavailable, "busy", "Too many logins at once", "Try again in a moment.").RetryAfter(2);

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        Protect(http.Response.Headers, formsLeadAnywhere: false);
        if (IsSafe(http.Request.Method))
        {
            return await next(context);
        }

        try
        {
            if (!IsOwn(http.Request) || !await antiforgery.IsRequestValidAsync(http))
            {
                return CrossSite.AsResult();
            }

            return await next(context);
        }
        catch (AntiforgeryValidationException)
        {
            return Malformed.AsResult();
        }
        catch (PasswordQueueFullException)
        {
            return Busy.AsResult();
        }
    }

    /// <summary>Sets the headers of a page.</summary>
    /// <param name="headers">The response's.</param>
    /// <param name="formsLeadAnywhere">Whether its forms may lead to other sites, by redirects.</param>
    public static void Protect(IHeaderDictionary headers, bool formsLeadAnywhere)
    {
        headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"
            + (formsLeadAnywhere ? "" : "; form-action 'self'");
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
    }

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method);

    // The browser's own word, which no page can change; browsers without it send Origin.
    private static bool IsOwn(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"] is [{ Length: > 0 } site])
        {
            return site is "same-origin";
        }

        return request.Headers.Origin is not [{ Length: > 0 } origin]
            || (Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }
}
