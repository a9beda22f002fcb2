using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Api.Auth.Users;

/// <summary>
/// The embedded default's first administrator: made when nobody is called so, with a generated password that is shown once
/// and kept in a file that only this process's user can read.
/// </summary>
internal sealed partial class FirstAdministrator(
    IServiceScopeFactory scopes, GatehouseOptions options, TimeProvider time, ILogger<FirstAdministrator> logger) : BackgroundService
{
    public const string Login = "admin";
    public const string Role = "admin";

    private const string Letters = "abcdefghjkmnpqrstuvwxyz23456789";

    private readonly TaskCompletionSource<string?> made = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The file of the password.</summary>
    public string File => Path.Combine(Path.GetFullPath(options.DataPath), "administrator.txt");

    /// <summary>The password of the administrator that was made at this start; null when none was.</summary>
    public Task<string?> Password => made.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            made.SetResult(options.Embedded ? await Create() : null);
        }
        // The front door does its work without an administrator; the next start makes up for it.
        catch (Exception e)
        {
            Log.NotMade(logger, e);
            made.SetResult(null);
        }
    }

    private async Task<string?> Create()
    {
        await using var scope = scopes.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<Accounts>();
        if (await accounts.FindByNameAsync(Login) is not null)
        {
            return null;
        }

        // 5 × 5 characters of 31: 123 bits.
        var password = string.Join('-', Enumerable.Range(0, 5).Select(_ => RandomNumberGenerator.GetString(Letters, 5)));
        // Kept before it is valid: a crash in between leaves a file that the next start replaces, not a lost password.
        await Keep(password);
        var account = Account.Create(Login, null, "Administrator", time.GetUtcNow());
        account.User = account.User with { Roles = [Role] };
        var creation = await scope.ServiceProvider.GetRequiredService<PasswordQueue>().Run(() => accounts.CreateAsync(account, password), CancellationToken.None);
        return creation.Succeeded ? password : throw new InvalidOperationException(string.Join(' ', creation.Errors.Select(error => error.Description)));
    }

    private async Task Keep(string password)
    {
        System.IO.File.Delete(File);
        await using var file = PrivateFiles.Create(File);
        await file.WriteAsync(Encoding.UTF8.GetBytes($"Gatehouse administrator\nuser name: {Login}\npassword: {password}\n"));
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, EventName = "AdministratorNotMade", Level = LogLevel.Error, Message = "The first administrator could not be made")]
        public static partial void NotMade(ILogger logger, Exception exception);
    }
}
