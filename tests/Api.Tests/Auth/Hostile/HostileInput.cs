using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Gatehouse.Api.Tests.Auth.Hostile;

/// <summary>Requests as somebody makes them who looks for a way in: the right fields with wrong values, at random, the same for a seed.</summary>
/// <param name="random">The source of chance.</param>
/// <param name="good">Values that are right somewhere, to be used in the wrong place too.</param>
internal sealed class HostileInput(Random random, IReadOnlyList<string> good)
{
    private static readonly string[] Methods = ["GET", "POST", "POST", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "QUERY"];

    private static readonly string[] Fields =
    [
        "client_id", "client_secret", "client_assertion", "client_assertion_type", "redirect_uri", "post_logout_redirect_uri", "response_type", "response_mode",
        "scope", "state", "nonce", "code", "code_challenge", "code_challenge_method", "code_verifier", "grant_type", "refresh_token", "token", "token_type_hint",
        "subject_token", "subject_token_type", "actor_token", "actor_token_type", "requested_token_type", "audience", "resource", "user_code", "device_code",
        "id_token_hint", "logout_hint", "request_uri", "request", "prompt", "max_age", "login_hint", "ui_locales", "claims", "acr_values", "username",
        "login", "email", "password", "name", "code", "returnUrl", "user", "id", "credential", "ticket", "decision", "done", "session", "__RequestVerificationToken",
    ];

    private static readonly string[] Values =
    [
        "", " ", "\0", "a\r\nX-Injected: 1", "'\"><script>alert(1)</script>", "' OR 1=1 --", "../../etc/passwd", "%00%0d%0a", "%ZZ", "null", "undefined", "[]", "{}",
        "-1", "0", "1e999", "99999999999999999999", "true", "\u202eevil", "\ud83d\ude00", "\ufffd", "é".Normalize(NormalizationForm.FormD), "*", "//evil.example", "/\\evil.example",
        "https://evil.example/", "javascript:alert(1)", "data:text/html,x", "http://[::1", "none", "login consent", "code id_token token", "form_post", "query",
        "S256", "plain", "code", "client_credentials", "authorization_code", "refresh_token", "password", "implicit", "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:token-exchange", "urn:ietf:params:oauth:token-type:access_token", "urn:ietf:params:oauth:request_uri:x", "openid offline_access", "allow",
        "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.eyJzdWIiOiJhZG1pbiIsImlzcyI6IngifQ.", "eyJhbGciOiJFUzI1NiJ9.e30.AAAA", "a.b.c", "a.b.c.d.e", "....", "AAAA-BBBB", "000000",
        """{"id":"x","rawId":"x","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"oA","authenticatorData":"AA","signature":"AA"}}""", """{"id":[]}""",
    ];

    private static readonly string[] Authorizations =
    [
        "Basic", "Basic ", "Basic Og==", "Basic OjpA", "Basic ####", "Basic " + "QUFB", "Bearer", "Bearer ", "Bearer x", "Bearer a.b.c", "DPoP x", "Negotiate x", "Digest username=\"a\"", "ApiKey", "ApiKey gk_x_y", ",",
    ];

    private static readonly string[] Cookies =
    [
        "__Host-gatehouse-session", "__Host-gatehouse-login", "__Host-gatehouse-device", "__Host-gatehouse-antiforgery", "__Host-gatehouse-passkey", "other",
    ];

    private static readonly string[] MediaTypes =
    [
        "application/x-www-form-urlencoded", "application/x-www-form-urlencoded", "application/x-www-form-urlencoded", "application/json", "multipart/form-data",
        "multipart/form-data; boundary=x", "text/plain", "application/x-www-form-urlencoded; charset=utf-7", "application/octet-stream",
    ];

    /// <summary>A request to a path, and how to tell somebody what it was.</summary>
    public HttpRequestMessage Next(string path)
    {
        var fields = Enumerable.Range(0, random.Next(0, 9)).Select(_ => (Name: Pick(Fields), Value: Value())).ToArray();
        var form = string.Join('&', fields.Select(field => $"{field.Name}={Encode(field.Value)}"));
        var method = new HttpMethod(Pick(Methods));
        var inQuery = method == HttpMethod.Get || random.Next(4) == 0;
        var request = new HttpRequestMessage(method, inQuery ? $"{path}?{form}" : path);
        if (method != HttpMethod.Get && method != HttpMethod.Head && method != HttpMethod.Trace && random.Next(10) > 0)
        {
            request.Content = new ByteArrayContent(Body(form));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", Pick(MediaTypes));
        }

        if (random.Next(4) == 0)
        {
            request.Headers.TryAddWithoutValidation("Authorization", random.Next(4) == 0 ? $"Bearer {Value(header: true)}" : Pick(Authorizations));
        }

        if (random.Next(4) == 0)
        {
            request.Headers.TryAddWithoutValidation("Cookie", $"{Pick(Cookies)}={Value(header: true)}; {Pick(Cookies)}={Value(header: true)}");
        }

        if (random.Next(8) == 0)
        {
            request.Headers.TryAddWithoutValidation("Accept", Pick(["*/*", "application/json", "text/html;q=x", ","]));
            request.Headers.TryAddWithoutValidation("Accept-Language", Pick(["de", "xx-YY;q=2", "*"]));
        }

        return request;
    }

    public T Pick<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];

    private byte[] Body(string form)
    {
        var bytes = Encoding.UTF8.GetBytes(form);
        // Sometimes it is no text at all.
        if (random.Next(10) == 0)
        {
            bytes = new byte[random.Next(0, 300)];
            random.NextBytes(bytes);
        }

        return bytes;
    }

    private string Value(bool header = false)
    {
        var value = random.Next(10) switch
        {
            < 4 => Pick(good),
            < 9 => Pick(Values),
            _ => new string(Pick(['x', '{', '%', '.', 'é']), random.Next(1, header ? 2000 : 6000)),
        };
        // Half of something right is wrong in another way.
        value = random.Next(8) == 0 ? value[..(value.Length / 2)] : value;
        return header ? new string([.. value.Where(c => c is > ' ' and < '\x7f' and not (';' or ','))]) : value;
    }

    // Now and then bytes that are no UTF-8, which a client would not send.
    private string Encode(string value) => random.Next(12) == 0 ? Uri.EscapeDataString(value) + "%ED%A0%80%FF" : WebUtility.UrlEncode(value);
}
