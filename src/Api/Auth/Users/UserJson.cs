using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Grains.Identity.Sessions;
using Gatehouse.Grains.Identity.Users;

namespace Gatehouse.Api.Auth.Users;

/// <summary>A user as administrators see one; no secret is in it.</summary>
internal sealed record UserBody(
    string Id,
    string Login,
    string? Email,
    string Name,
    bool Disabled,
    IReadOnlyList<string> Roles,
    bool HasPassword,
    bool TwoFactor,
    int Passkeys,
    DateTimeOffset CreatedAt)
{
    public static UserBody Of(User user) => new(
        user.Id, user.Login, user.Email, user.Name, user.Disabled, user.Roles, user.PasswordHash is not null, user.TwoFactor, user.Passkeys.Length, user.CreatedAt);
}

/// <summary>A user in the list.</summary>
internal sealed record UserSummary(string Id, string Login, IReadOnlyList<string> Roles);

/// <summary>A page of users.</summary>
/// <param name="Users">The users in the order of their login names.</param>
/// <param name="Next">What <c>after</c> is for the next page; null after the last.</param>
internal sealed record UserList(IReadOnlyList<UserSummary> Users, string? Next);

/// <summary>The roles that users have, in alphabetical order.</summary>
internal sealed record RoleList(IReadOnlyList<RoleBody> Roles);

/// <summary>A role.</summary>
/// <param name="Name">What it is called in tokens and routes.</param>
/// <param name="Users">How many users have it.</param>
internal sealed record RoleBody(string Name, int Users);

/// <summary>A session as administrators see one.</summary>
internal sealed record SessionBody(
    string Id,
    string UserId,
    string Name,
    IReadOnlyList<string> Methods,
    DateTimeOffset StartedAt,
    DateTimeOffset AuthenticatedAt,
    DateTimeOffset LastSeenAt,
    DateTimeOffset ExpiresAt,
    string Device,
    string Address)
{
    public static SessionBody Of(Session session) => new(
        session.Id, session.UserId, session.Name, session.Methods, session.StartedAt, session.AuthenticatedAt, session.LastSeenAt, session.ExpiresAt, session.Device, session.Address);
}

/// <summary>A user's sessions, the newest first.</summary>
internal sealed record SessionList(IReadOnlyList<SessionBody> Sessions);

/// <summary>How many sessions were ended.</summary>
internal sealed record SessionsEnded(int Ended);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(UserBody))]
[JsonSerializable(typeof(UserList))]
[JsonSerializable(typeof(RoleList))]
[JsonSerializable(typeof(SessionBody))]
[JsonSerializable(typeof(SessionList))]
[JsonSerializable(typeof(SessionsEnded))]
internal sealed partial class UserJson : JsonSerializerContext;
