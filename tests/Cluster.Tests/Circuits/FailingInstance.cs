using System.Collections.Concurrent;
using System.Diagnostics;
using Gatehouse.Cluster.Tests.Harness;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Cluster.Tests.Circuits;

/// <summary>
/// A service that answers as each call asks it to, and keeps when each came and was over.
/// </summary>
internal sealed class FailingInstance : IAsyncDisposable
{
    /// <summary>The status that a call is to be answered with.</summary>
    public const string StatusHeader = "X-Answer";

    private readonly ConcurrentQueue<Visit> visits = new();
    private LocalService service = null!;

    private FailingInstance()
    {
    }

    public Uri Address => service.Address;

    /// <summary>How long it takes over each call.</summary>
    public TimeSpan Takes { get; set; }

    /// <summary>The calls that are over, in the order they came.</summary>
    public IReadOnlyList<Visit> Visits => [.. visits.OrderBy(visit => visit.From)];

    public static async Task<FailingInstance> Start()
    {
        var instance = new FailingInstance();
        instance.service = await LocalService.Start(instance.Answer);
        return instance;
    }

    /// <summary>Forgets the calls so far.</summary>
    public void Forget() => visits.Clear();

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    private async Task Answer(HttpContext context)
    {
        var from = Stopwatch.GetTimestamp();
        var status = int.TryParse(context.Request.Headers[StatusHeader], out var asked) ? asked : 500;
        try
        {
            if (Takes > TimeSpan.Zero)
            {
                await Task.Delay(Takes, context.RequestAborted);
            }

            context.Response.StatusCode = status;
        }
        catch (OperationCanceledException)
        {
            // The front door that sent it was killed.
        }
        finally
        {
            visits.Enqueue(new Visit(from, Stopwatch.GetTimestamp(), status));
        }
    }

    /// <summary>A call, from its arrival to its answer.</summary>
    internal readonly record struct Visit(long From, long Until, int Status);
}
