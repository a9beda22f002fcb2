using Gatehouse.Api.Auth.Pages;
using Microsoft.AspNetCore;
using OpenIddict.Abstractions;

namespace Gatehouse.Api.Auth.Server.Pages;

/// <summary>What a browser is shown when it cannot be sent back to where it came from, because that is what is wrong.</summary>
internal static class ErrorPage
{
    /// <summary>The request that a page has to answer; null when it was refused, and there is an error to show instead.</summary>
    public static OpenIddictRequest? Accepted(HttpContext context) =>
        context.GetOpenIddictServerResponse() is { Error: not null } ? null : context.GetOpenIddictServerRequest();

    public static IResult Of(HttpContext context)
    {
        var response = context.GetOpenIddictServerResponse();
        return Page.Of<MessagePage>(
            new
            {
                Title = "This request cannot be answered",
                Text = $"{response?.ErrorDescription ?? "Something is missing from it."} Please go back to the application and try again.",
                Detail = response?.Error,
            },
            StatusCodes.Status400BadRequest);
    }
}
