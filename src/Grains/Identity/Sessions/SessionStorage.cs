namespace Gatehouse.Grains.Identity.Sessions;

/// <summary>
/// Where sessions are kept: as everything else, but forgotten by the store itself, so that nobody has to look for the many
/// that are never ended.
/// </summary>
public static class SessionStorage
{
    /// <summary>The storage provider's name.</summary>
    public const string Name = "Sessions";

    private static readonly TimeSpan Slack = TimeSpan.FromDays(1);

    /// <summary>How long after its last write a session is kept: longer than it, or its revocation, can last.</summary>
    public static TimeSpan Retention(UserSessionOptions options) => options.AbsoluteTimeout + options.RevocationLifetime + Slack;
}
