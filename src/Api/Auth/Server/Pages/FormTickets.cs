using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Gatehouse.Api.Auth.Server.Pages;

/// <summary>
/// Proof that a form that comes back is one that this server gave to this session, for this very request, a short while ago:
/// no other site can make a browser send it.
/// </summary>
internal sealed class FormTickets(IDataProtectionProvider protection)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private readonly ITimeLimitedDataProtector protector = protection.CreateProtector("Gatehouse.FormTickets.v1").ToTimeLimitedDataProtector();

    /// <summary>A ticket for a session and what it is asked.</summary>
    public string Make(string session, string subject) => protector.Protect(Content(session, subject), Lifetime);

    /// <summary>Whether it is such a ticket.</summary>
    public bool IsValid(string? ticket, string session, string subject)
    {
        try
        {
            return ticket is { Length: > 0 and < 4096 } && protector.Unprotect(ticket) == Content(session, subject);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    // Hashed, so that the two cannot run into each other and the ticket stays short.
    private static string Content(string session, string subject) =>
        Convert.ToHexString(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{session.Length}:{session}{subject}")));
}
