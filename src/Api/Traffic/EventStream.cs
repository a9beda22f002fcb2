using System.Buffers;
using System.Text;
using Gatehouse.Api.Problems;

namespace Gatehouse.Api.Traffic;

/// <summary>Server-sent events at a steady pace, until the watcher leaves or the process stops.</summary>
internal static class EventStream
{
    private static readonly byte[] Alive = ": alive\n\n"u8.ToArray();

    /// <summary>Writes events until the end.</summary>
    /// <param name="context">The request.</param>
    /// <param name="every">The time between two events.</param>
    /// <param name="data">Makes the next one's data: one line, or several to be events of their own.</param>
    /// <param name="name">The event's name, or null.</param>
    public static async Task Write(HttpContext context, TimeSpan every, Func<Task<IReadOnlyList<byte[]>>> data, string? name = null)
    {
        var services = context.RequestServices;
        var time = services.GetRequiredService<TimeProvider>();
        var stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        // Asks proxies in between not to hold events back.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        try
        {
            await context.Response.StartAsync(end.Token);
            using var timer = new PeriodicTimer(every, time);
            do
            {
                await context.Response.Body.WriteAsync(await Next(data, name, end.Token), end.Token);
                await context.Response.Body.FlushAsync(end.Token);
            }
            while (await timer.WaitForNextTickAsync(end.Token));
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The watcher is gone, or asked to come back: this process ends.
        }
    }

    private static async Task<ReadOnlyMemory<byte>> Next(Func<Task<IReadOnlyList<byte[]>>> data, string? name, CancellationToken end)
    {
        IReadOnlyList<byte[]> events;
        try
        {
            events = await data();
        }
        catch (Exception e) when (ClusterUnavailable.IsCause(e, end))
        {
            // The next one may come through.
            return Alive;
        }

        var buffer = new ArrayBufferWriter<byte>();
        foreach (var line in events)
        {
            Encoding.UTF8.GetBytes(name is null ? "data: " : $"event: {name}\ndata: ", buffer);
            buffer.Write(line);
            Encoding.UTF8.GetBytes("\n\n", buffer);
        }

        return events.Count == 0 ? Alive : buffer.WrittenMemory;
    }
}
