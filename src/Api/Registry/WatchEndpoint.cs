using System.Globalization;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Registry;

/// <summary>
/// The registry's changes as server-sent events: <c>reset</c> (forget what you have), <c>upserted</c> and <c>removed</c>.
/// Event ids are versions of the view, which all front doors share: <c>Last-Event-ID</c> resumes at any of them.
/// </summary>
internal static class WatchEndpoint
{
    private static readonly TimeSpan KeepAliveEvery = TimeSpan.FromSeconds(15);

    public static async Task Watch(HttpContext context)
    {
        var services = context.RequestServices;
        var service = context.Request.Query["service"] is [{ } asked] ? asked : null;
        if (context.Request.Query["service"].Count > 1 || (service is not null && !RegistryNames.TryService(service, out service)))
        {
            var errors = new Dictionary<string, string[]> { ["service"] = [RegistryNames.ServiceRule] };
            await RegistryProblems.Invalid(errors).Write(context);
            return;
        }

        var time = services.GetRequiredService<TimeProvider>();
        var stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        var stream = new WatchStream(
            services.GetRequiredService<RegistryProjection>().History,
            service,
            Version(context.Request.Headers["Last-Event-ID"]));

        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        // Asks proxies in between not to hold events back.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        try
        {
            await context.Response.StartAsync(end.Token);
            await Write(context.Response, services.GetRequiredService<IReplica<RegistrySnapshot>>(), stream, time, end);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The watcher is gone, or asked to come back: this process ends.
        }
    }

    private static async Task Write(
        HttpResponse response,
        IReplica<RegistrySnapshot> registry,
        WatchStream stream,
        TimeProvider time,
        CancellationTokenSource end)
    {
        await using var snapshots = registry.Follow(end.Token).GetAsyncEnumerator(end.Token);
        var next = Next(snapshots);
        try
        {
            while (!end.IsCancellationRequested)
            {
                ReadOnlyMemory<byte> events;
                if (await Wait(next, time, end.Token))
                {
                    events = stream.Next(snapshots.Current);
                    next = Next(snapshots);
                }
                else
                {
                    events = stream.KeepAlive();
                }

                if (!events.IsEmpty)
                {
                    await response.Body.WriteAsync(events, end.Token);
                    await response.Body.FlushAsync(end.Token);
                }
            }
        }
        finally
        {
            // An enumerator may not be disposed while it moves.
            await end.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static Task<bool> Next(IAsyncEnumerator<RegistrySnapshot> snapshots) => snapshots.MoveNextAsync().AsTask();

    // False when nothing has changed for a while. The enumeration itself ends by cancellation only.
    private static async Task<bool> Wait(Task<bool> next, TimeProvider time, CancellationToken end)
    {
        try
        {
            return await next.WaitAsync(KeepAliveEvery, time, end);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    // Whatever is no version of ours means: start from the beginning.
    private static ViewVersion? Version(string? id) =>
        id?.Split('.') is [{ } epoch, { } sequence]
            && long.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out var e)
            && long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var s)
            ? new ViewVersion(e, s)
            : null;
}
