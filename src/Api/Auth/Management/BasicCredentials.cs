using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Text;

namespace Gatehouse.Api.Auth.Management;

/// <summary>Name and password as Basic authentication has them (RFC 7617).</summary>
internal sealed record BasicCredentials(string Name, string Password)
{
    private const int MaxLength = 4096;

    public static bool TryRead(AuthenticationHeaderValue header, [NotNullWhen(true)] out BasicCredentials? credentials)
    {
        credentials = null;
        if (!header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) || header.Parameter is not { Length: <= MaxLength } parameter)
        {
            return false;
        }

        var bytes = new byte[parameter.Length];
        if (!Convert.TryFromBase64String(parameter, bytes, out var length))
        {
            return false;
        }

        var text = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        credentials = colon < 0 ? null : new BasicCredentials(text[..colon], text[(colon + 1)..]);
        return credentials is not null;
    }
}
