using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Cluster.Tests.Circuits;

/// <summary>
/// A real HTTP service, in the test's process so that its clock is the test's: it answers as each call asks it to, and keeps
/// when each came and was over.
/// </summary>
internal sealed class FailingInstance : IAsyncDisposable
{
    /// <summary>The status that a call is to be answered with.</summary>
    public const string StatusHeader = "X-Answer";

    private readonly WebApplication app;
    private readonly ConcurrentQueue<Visit> visits = new();

    private FailingInstance()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        app = builder.Build();
        app.Run(Answer);
    }

    public Uri Address { get; private set; } = null!;

    /// <summary>How long it takes over each call.</summary>
    public TimeSpan Takes { get; set; }

    /// <summary>The calls that are over, in the order they came.</summary>
    public IReadOnlyList<Visit> Visits => [.. visits.OrderBy(visit => visit.From)];

    public static async Task<FailingInstance> Start()
    {
        var instance = new FailingInstance();
        await instance.app.StartAsync(TestContext.Current.CancellationToken);
        var addresses = instance.app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        instance.Address = new Uri(addresses.Addresses.First());
        return instance;
    }

    /// <summary>Forgets the calls so far.</summary>
    public void Forget() => visits.Clear();

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

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
