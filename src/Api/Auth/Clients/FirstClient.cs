using System.Text;
using Gatehouse.Grains.Identity.Clients;

namespace Gatehouse.Api.Auth.Clients;

/// <summary>
/// The embedded default's demo client: made at the first start, with a generated secret that is shown once and kept in a
/// file that only this process's user can read. Once deleted it stays so.
/// </summary>
internal sealed partial class FirstClient(
    IGrainFactory grains, GatehouseOptions options, TimeProvider time, ILogger<FirstClient> logger) : BackgroundService
{
    public const string Id = "demo";

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private const int Attempts = 10;

    private static readonly Client Demo = new()
    {
        Id = Id,
        Name = "Demo",
        Grants = ClientGrants.All,
        RedirectUris = [At("127.0.0.1", "callback"), At("localhost", "callback")],
        PostLogoutRedirectUris = [At("127.0.0.1", ""), At("localhost", "")],
        Scopes = ["openid", "profile", "roles", "offline_access", "gatehouse.read"],
    };

    private readonly TaskCompletionSource<string?> made = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The file of the secret.</summary>
    public string File => Path.Combine(Path.GetFullPath(options.DataPath), "demo-client.txt");

    /// <summary>The secret of the client that was made at this start; null when none was.</summary>
    public Task<string?> Secret => made.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var attempt = 0;
        while (options.Embedded && !made.Task.IsCompleted && !stoppingToken.IsCancellationRequested)
        {
            attempt++;
            try
            {
                made.SetResult(await Make());
            }
            catch (Exception e) when (attempt < Attempts)
            {
                Log.NotMade(logger, e);
                await Task.Delay(RetryAfter, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            // The front door does its work without it; the next start makes up for it.
            catch (Exception e)
            {
                Log.NotMade(logger, e);
                break;
            }
        }

        made.TrySetResult(null);
    }

    // Where somebody who tries it out has a program of their own.
    private static string At(string host, string path) => new UriBuilder("http", host, 7000, path).Uri.AbsoluteUri;

    private async Task<string?> Make()
    {
        var client = grains.GetGrain<IClientGrain>(Id);
        if (await client.Existed())
        {
            return null;
        }

        var (secret, kept) = ClientSecret.Make();
        // Kept before it is valid: a crash in between leaves a file that the next start replaces, not a lost secret.
        await Keep(secret);
        return (await client.Put(Demo, kept)).SecretTaken ? secret : null;
    }

    private async Task Keep(string secret)
    {
        System.IO.File.Delete(File);
        await using var file = PrivateFiles.Create(File);
        await file.WriteAsync(Encoding.UTF8.GetBytes($"Gatehouse demo client\nclient id: {Id}\nclient secret: {secret}\n"));
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, EventName = "DemoClientNotMade", Level = LogLevel.Warning, Message = "The demo client could not be made yet")]
        public static partial void NotMade(ILogger logger, Exception exception);
    }
}
