using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Gatehouse.Api.Auth.Pages;

/// <summary>Pages as results of endpoints.</summary>
internal static class Page
{
    /// <summary>A page.</summary>
    /// <param name="parameters">Its parameters, as an anonymous object.</param>
    /// <param name="status">The response's status.</param>
    public static IResult Of<TPage>(object parameters, int status = StatusCodes.Status200OK) where TPage : IComponent =>
        new RazorComponentResult<TPage>(parameters) { StatusCode = status, PreventStreamingRendering = true };

    /// <summary>A page that says one thing.</summary>
    /// <param name="title">Its title.</param>
    /// <param name="text">What it says.</param>
    /// <param name="link">Where to go on; null for nowhere.</param>
    /// <param name="linkText">What the link is called.</param>
    /// <param name="status">The response's status.</param>
    public static IResult Message(string title, string text, string? link = null, string linkText = "", int status = StatusCodes.Status200OK) =>
        Of<MessagePage>(new { Title = title, Text = text, Link = link, LinkText = linkText }, status);

    /// <summary>
    /// Goes on after a form. The way may lead through /connect to another site, which a form's redirect must not: the page
    /// that is answered goes there by itself.
    /// </summary>
    public static IResult GoOn(string url) => url.StartsWith("/connect/", StringComparison.Ordinal)
        ? Of<GoOnPage>(new { Url = url })
        : TypedResults.Redirect(url);

    /// <summary>A URL of this host to return to; the account page for any other.</summary>
    public static string Local(string? url) =>
        url is ['/', ..] and not ['/', '/' or '\\', ..] && !url.Any(char.IsControl) && url.Length <= 4000 ? url : "/account";
}
