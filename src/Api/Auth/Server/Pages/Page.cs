using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Api.Auth.Server.Pages;

/// <summary>A page of the authorization server: plain HTML without script.</summary>
/// <param name="Title">Its title and heading.</param>
/// <param name="Body">What is under the heading, as HTML.</param>
/// <param name="Status">The HTTP status.</param>
internal sealed record Page(string Title, string Body, int Status = StatusCodes.Status200OK) : IResult
{
    private const string Style =
        ":root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}body{margin:0;display:grid;min-height:100vh;place-items:center;background:Canvas;color:CanvasText}" +
        "main{box-sizing:border-box;width:min(26rem,100%);padding:1.5rem}h1{font-size:1.4rem;margin:0 0 1rem}ul{padding-left:1.2rem}" +
        "input[type=text]{box-sizing:border-box;width:100%;font:inherit;font-size:1.4rem;letter-spacing:.15em;padding:.6rem;border:1px solid GrayText;border-radius:.4rem}" +
        "label{display:block;margin-bottom:.3rem}button{font:inherit;padding:.6rem 1.2rem;margin:1rem .5rem 0 0;border-radius:.4rem;border:1px solid GrayText;cursor:pointer}" +
        "button.main{background:#1d4ed8;border-color:#1d4ed8;color:#fff}:focus-visible{outline:3px solid #60a5fa;outline-offset:2px}.hint{color:GrayText}";

    // Forms lead back to clients of any address: form-action would stop the redirect that follows.
    private static readonly string Policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; frame-ancestors 'none'; base-uri 'none'";

    /// <summary>A text as HTML.</summary>
    public static string Encode(string? text) => WebUtility.HtmlEncode(text ?? "");

    /// <summary>Hidden fields of a form.</summary>
    public static string Hidden(IEnumerable<KeyValuePair<string, string>> fields)
    {
        var html = new StringBuilder();
        foreach (var (name, value) in fields)
        {
            html.Append("<input type=\"hidden\" name=\"").Append(Encode(name)).Append("\" value=\"").Append(Encode(value)).Append("\">");
        }

        return html.ToString();
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        return response.WriteAsync(
            $"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{Encode(Title)}</title><style>{Style}</style></head><body><main><h1>{Encode(Title)}</h1>{Body}</main></body></html>",
            httpContext.RequestAborted);
    }
}
