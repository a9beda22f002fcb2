using Gatehouse.Api.Auth.Sessions;

namespace Gatehouse.Api.Gateway.Auth;

/// <summary>A credential as a request brings it.</summary>
internal readonly struct PresentedCredential
{
    /// <summary>The header in which a client may send its API key; or as <c>Authorization: ApiKey …</c>.</summary>
    public const string ApiKeyHeader = "X-API-Key";

    private const string BearerPrefix = "Bearer ";
    private const string ApiKeyPrefix = "ApiKey ";

    private readonly string text;
    private readonly int start;

    private PresentedCredential(CredentialKind kind, string text, int start)
    {
        Kind = kind;
        this.text = text;
        this.start = start;
    }

    public CredentialKind Kind { get; }

    public ReadOnlySpan<char> Text => text.AsSpan(start);

    /// <summary>Finds a request's credential: a token or API key before a cookie, which browsers send unasked.</summary>
    /// <returns>Whether it has exactly one, and in which way not when it has not.</returns>
    public static Refusal Find(HttpRequest request, out PresentedCredential credential)
    {
        credential = default;
        var authorization = request.Headers.Authorization;
        var apiKey = request.Headers[ApiKeyHeader];
        if (authorization.Count + apiKey.Count > 1)
        {
            // Which of them a service behind would believe is anyone's guess.
            return Refusal.Invalid;
        }

        if (apiKey is [{ Length: > 0 } key])
        {
            credential = new PresentedCredential(CredentialKind.ApiKey, key, 0);
            return Refusal.None;
        }

        if (authorization is [{ Length: > 0 } header])
        {
            return Read(header, ref credential);
        }

        if (request.Headers.Cookie.Count > 0 && request.Cookies[SessionCookie.Name] is { Length: > 0 } cookie)
        {
            credential = new PresentedCredential(CredentialKind.Session, cookie, 0);
            return Refusal.None;
        }

        return Refusal.Missing;
    }

    private static Refusal Read(string header, ref PresentedCredential credential)
    {
        if (header.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase))
        {
            credential = new PresentedCredential(CredentialKind.Bearer, header, BearerPrefix.Length);
            return Refusal.None;
        }

        if (header.StartsWith(ApiKeyPrefix, StringComparison.OrdinalIgnoreCase))
        {
            credential = new PresentedCredential(CredentialKind.ApiKey, header, ApiKeyPrefix.Length);
            return Refusal.None;
        }

        return Refusal.Invalid;
    }
}
