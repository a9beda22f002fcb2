using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.DataProtection;

namespace Gatehouse.Api.Auth.Users;

/// <summary>State that a browser keeps for a while, which it can neither read nor change.</summary>
internal sealed class ProtectedCookie<T>(string name, TimeSpan lifetime, JsonTypeInfo<T> json, IDataProtectionProvider protection)
    where T : class
{
    private readonly ITimeLimitedDataProtector protector = protection.CreateProtector("Gatehouse.Cookie", name).ToTimeLimitedDataProtector();

    public void Set(HttpContext context, T value) => context.Response.Cookies.Append(
        name,
        protector.Protect(JsonSerializer.Serialize(value, json), lifetime),
        HostCookie.Options(SameSiteMode.Lax, lifetime));

    public T? Read(HttpContext context)
    {
        if (context.Request.Cookies[name] is not { Length: > 0 } value)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(protector.Unprotect(value), json);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public void Clear(HttpContext context) => context.Response.Cookies.Delete(name, HostCookie.Options(SameSiteMode.Lax));
}
