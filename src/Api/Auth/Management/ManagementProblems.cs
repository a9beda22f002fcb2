using System.Collections.Immutable;
using Gatehouse.Api.Gateway.Auth;
using Gatehouse.Api.Problems;
using Gatehouse.Grains.Routing;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Api.Auth.Management;

/// <summary>What somebody is told whom the management surface does not let through.</summary>
internal static class ManagementProblems
{
    public static readonly Problem Unauthorized = new(
        StatusCodes.Status401Unauthorized,
        "unauthorized",
        "Credentials are required",
        "Present an access token or API key with a gatehouse scope, by Basic the id and secret of a client with one, or Gatehouse:ManagementSecret as a bearer token or Basic password.")
    {
        Headers = ImmutableDictionary<string, string>.Empty.Add(
            HeaderNames.WWWAuthenticate, "Basic realm=\"Gatehouse management\", charset=\"UTF-8\""),
    };

    public static readonly Problem CrossSite = new(
        StatusCodes.Status403Forbidden,
        "cross-site",
        "A page of another site may not do this",
        "The Origin of the request is not this listener's.");

    public static Problem Forbidden(ManagementScope needed) => new(
        StatusCodes.Status403Forbidden,
        "forbidden",
        "The caller may not do this",
        $"It takes the scope {ManagementScopes.NameOf(needed)}.");

    public static Problem Of(Refusal refusal) => refusal switch
    {
        Refusal.Unknown => AuthProblems.Of(Refusal.Unknown, RouteAuth.Authenticated),
        Refusal.CrossSite => CrossSite,
        _ => Unauthorized,
    };

    /// <summary>Sends a browser to the login page of the public listener, whose cookie counts on this host's other ports too.</summary>
    public static Problem Login(string issuer) => new(StatusCodes.Status302Found, "login", "Log in to go on")
    {
        Headers = ImmutableDictionary<string, string>.Empty.Add(
            HeaderNames.Location, $"{issuer.TrimEnd('/')}/account/login"),
    };
}
