using Gatehouse.Grains.Identity.Users;
using Microsoft.AspNetCore.Identity;

namespace Gatehouse.Api.Auth.Users;

/// <summary>Users in grains, for ASP.NET Core Identity. What it changes is written whole, under the version that was read.</summary>
internal sealed partial class UserStore(IGrainFactory grains, TotpSecrets secrets) :
    IUserPasswordStore<Account>,
    IUserEmailStore<Account>,
    IUserSecurityStampStore<Account>,
    IUserRoleStore<Account>
{
    private static readonly IdentityErrorDescriber Describer = new();

    public async Task<IdentityResult> CreateAsync(Account user, CancellationToken cancellationToken) => await Put(user);

    public async Task<IdentityResult> UpdateAsync(Account user, CancellationToken cancellationToken) => await Put(user);

    public async Task<IdentityResult> DeleteAsync(Account user, CancellationToken cancellationToken) =>
        await grains.GetGrain<IUserGrain>(user.Id).Delete() ? IdentityResult.Success : IdentityResult.Failed(Describer.ConcurrencyFailure());

    public async Task<Account?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        await grains.GetGrain<IUserGrain>(userId).Find() is { } user ? new Account(user) : null;

    public Task<Account?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) =>
        FindByClaim(UserClaim.Name(normalizedUserName));

    public Task<Account?> FindByEmailAsync(string normalizedEmail, CancellationToken cancellationToken) =>
        FindByClaim(UserClaim.Name(normalizedEmail));

    public Task<string> GetUserIdAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.Id);

    public Task<string?> GetUserNameAsync(Account user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.User.Login);

    public Task SetUserNameAsync(Account user, string? userName, CancellationToken cancellationToken) =>
        Set(user, user.User with { Login = userName ?? throw new ArgumentNullException(nameof(userName)) });

    // The claims are by the normal form; there is nothing else to keep.
    public Task<string?> GetNormalizedUserNameAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(UserClaim.Normalize(user.User.Login));

    public Task SetNormalizedUserNameAsync(Account user, string? normalizedName, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<string?> GetEmailAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.User.Email);

    public Task SetEmailAsync(Account user, string? email, CancellationToken cancellationToken) => Set(user, user.User with { Email = email });

    // An address is stored once it is proven.
    public Task<bool> GetEmailConfirmedAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.User.Email is not null);

    public Task SetEmailConfirmedAsync(Account user, bool confirmed, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<string?> GetNormalizedEmailAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult(user.User.Email is { } email ? UserClaim.Normalize(email) : null);

    public Task SetNormalizedEmailAsync(Account user, string? normalizedEmail, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<string?> GetPasswordHashAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.User.PasswordHash);

    public Task SetPasswordHashAsync(Account user, string? passwordHash, CancellationToken cancellationToken) =>
        Set(user, user.User with { PasswordHash = passwordHash });

    public Task<bool> HasPasswordAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.User.PasswordHash is not null);

    public Task<string?> GetSecurityStampAsync(Account user, CancellationToken cancellationToken) => Task.FromResult<string?>(user.User.SecurityStamp);

    public Task SetSecurityStampAsync(Account user, string stamp, CancellationToken cancellationToken) =>
        Set(user, user.User with { SecurityStamp = stamp });

    public Task AddToRoleAsync(Account user, string roleName, CancellationToken cancellationToken) =>
        Set(user, user.User with { Roles = [.. user.User.Roles.Add(Role(roleName)).Distinct().Order(StringComparer.Ordinal)] });

    public Task RemoveFromRoleAsync(Account user, string roleName, CancellationToken cancellationToken) =>
        Set(user, user.User with { Roles = user.User.Roles.Remove(Role(roleName)) });

    public Task<IList<string>> GetRolesAsync(Account user, CancellationToken cancellationToken) =>
        Task.FromResult<IList<string>>([.. user.User.Roles]);

    public Task<bool> IsInRoleAsync(Account user, string roleName, CancellationToken cancellationToken) =>
        Task.FromResult(user.User.Roles.Contains(Role(roleName)));

    public Task<IList<Account>> GetUsersInRoleAsync(string roleName, CancellationToken cancellationToken) =>
        throw new NotSupportedException("Users are not kept by role.");

    public void Dispose()
    {
        // Holds nothing.
    }

    // Identity asks for roles in its normal form; here they are lower case.
    private static string Role(string name) => name.ToLowerInvariant();

    private static Task Set(Account account, User user)
    {
        account.User = user;
        return Task.CompletedTask;
    }

    private async Task<Account?> FindByClaim(string claim)
    {
        var id = await grains.GetGrain<IUserClaimGrain>(claim).Find();
        // Also without an id, so that who is unknown takes as long as who is known.
        var user = await grains.GetGrain<IUserGrain>(id ?? "unknown").Find();
        return user?.Claims().Contains(claim) == true ? new Account(user) : null;
    }

    private async Task<IdentityResult> Put(Account account)
    {
        var write = await grains.GetGrain<IUserGrain>(account.Id).Put(account.User);
        switch (write.Outcome)
        {
            case UserOutcome.Written:
                account.User = write.User!;
                return IdentityResult.Success;
            case UserOutcome.Taken:
                return IdentityResult.Failed(Describer.DuplicateUserName(account.User.Login));
            default:
                return IdentityResult.Failed(Describer.ConcurrencyFailure());
        }
    }
}
