using Gatehouse.Grains.Identity.Users;

namespace Gatehouse.Api.Auth.Users;

/// <summary>A user in the hands of ASP.NET Core Identity, which changes it and then has it stored.</summary>
internal sealed class Account(User user)
{
    /// <summary>The user as it is to be stored.</summary>
    public User User { get; set; } = user;

    public string Id => User.Id;

    /// <summary>A user who is not stored yet.</summary>
    public static Account Create(string login, string? email, string name, DateTimeOffset now) => new(new User
    {
        Id = Guid.NewGuid().ToString("N"),
        Login = login,
        Email = email,
        Name = name,
        CreatedAt = now,
    });
}
