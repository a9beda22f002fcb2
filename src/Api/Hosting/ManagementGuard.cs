using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Api.Problems;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Api.Hosting;

/// <summary>
/// Lets through to the management surface who may use it: whoever presents the secret and, in the embedded default, local
/// callers. Probes of health are open; they tell no secret.
/// </summary>
internal sealed partial class ManagementGuard(
    RequestDelegate next,
    GatehouseOptions options,
    Listeners listeners,
    ILogger<ManagementGuard> logger)
{
    private static readonly Problem Unauthorized = new(
        StatusCodes.Status401Unauthorized,
        "unauthorized",
        "Credentials are required",
        "Present Gatehouse:ManagementSecret as a bearer token, or as the password of Basic authentication.")
    {
        Headers = ImmutableDictionary<string, string>.Empty.Add(
            HeaderNames.WWWAuthenticate, "Basic realm=\"Gatehouse management\", charset=\"UTF-8\""),
    };

    private static readonly Problem CrossSite = new(
        StatusCodes.Status403Forbidden,
        "cross-site",
        "A page of another site may not do this",
        "The Origin of the request is not this listener's.");

    private readonly byte[]? secret = options.ManagementSecret is { } value ? Digest(value) : null;

    public Task Invoke(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal))
        {
            return next(context);
        }

        // A browser sends Basic credentials along, and reaches loopback, for whichever page asks it to.
        if (!IsSafe(context.Request.Method) && !IsSameOrigin(context.Request))
        {
            return Deny(context, CrossSite);
        }

        if (IsTrustedLocal(context) || HasSecret(context.Request))
        {
            return next(context);
        }

        return Deny(context, Unauthorized);
    }

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private static bool IsSameOrigin(HttpRequest request) =>
        request.Headers.Origin is not [{ Length: > 0 } origin]
            ? request.Headers.Origin.Count == 0
            : Uri.TryCreate(origin, UriKind.Absolute, out var from)
                && from.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase);

    // The Host must be local too, or a page whose name an attacker points at 127.0.0.1 (DNS rebinding) would pass for a
    // local caller. A request with forwarding headers comes from elsewhere, by way of a local proxy.
    private bool IsTrustedLocal(HttpContext context) =>
        options.Embedded
        && listeners.ManagementIsLoopback
        && context.Connection.RemoteIpAddress is { } caller
        && IPAddress.IsLoopback(caller)
        && IsLocal(context.Request.Host.Host)
        && !context.Request.Headers.ContainsKey("X-Forwarded-For")
        && !context.Request.Headers.ContainsKey("Forwarded");

    private static bool IsLocal(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host is "127.0.0.1" or "[::1]";

    private bool HasSecret(HttpRequest request) =>
        secret is not null
        && request.Headers.Authorization is [{ } header]
        && AuthenticationHeaderValue.TryParse(header, out var authorization)
        && Presented(authorization) is { } presented
        // Digests have one length, so neither content nor length of the secret shows in the time this takes.
        && CryptographicOperations.FixedTimeEquals(Digest(presented), secret);

    private static string? Presented(AuthenticationHeaderValue authorization)
    {
        if (authorization.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
        {
            return authorization.Parameter;
        }

        if (!authorization.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) || authorization.Parameter is null)
        {
            return null;
        }

        var bytes = new byte[authorization.Parameter.Length];
        if (!Convert.TryFromBase64String(authorization.Parameter, bytes, out var length))
        {
            return null;
        }

        var credentials = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = credentials.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : credentials[(colon + 1)..];
    }

    private static byte[] Digest(string value) => SHA256.HashData(Encoding.UTF8.GetBytes(value));

    private Task Deny(HttpContext context, Problem problem)
    {
        Log.Denied(logger, problem.Code, context.Request.Method, context.Request.Path.ToUriComponent(), context.Connection.RemoteIpAddress);
        return problem.Write(context);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, EventName = "ManagementDenied", Level = LogLevel.Warning, Message = "Management request denied ({Reason}): {Method} {Path} from {Caller}")]
        public static partial void Denied(ILogger logger, string reason, string method, string path, IPAddress? caller);
    }
}
