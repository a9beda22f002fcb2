using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Threading.Channels;
using k8s;
using k8s.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Api.Tests.Discovery;

/// <summary>As much of Kubernetes' API server as lists and watches EndpointSlices, over real HTTP.</summary>
internal sealed class FakeApiServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Lock gate = new();
    private readonly Dictionary<string, V1EndpointSlice> slices = [];
    private readonly List<(int Version, string Line)> events = [];
    private readonly List<Channel<string>> watches = [];
    private int version = 1;
    private volatile bool broken;

    private FakeApiServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        app = builder.Build();
        app.MapGet("/apis/discovery.k8s.io/v1/namespaces/{space}/endpointslices", Answer);
    }

    /// <summary>Its address.</summary>
    public string Url { get; private set; } = "";

    /// <summary>The selectors it was asked by.</summary>
    public ConcurrentQueue<string> Selectors { get; } = new();

    public static async Task<FakeApiServer> Start()
    {
        var server = new FakeApiServer();
        await server.app.StartAsync(TestContext.Current.CancellationToken);
        server.Url = server.app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
        return server;
    }

    /// <summary>Adds a slice or replaces it.</summary>
    public void Put(V1EndpointSlice slice)
    {
        lock (gate)
        {
            Tell(slices.ContainsKey(slice.Metadata.Name) ? "MODIFIED" : "ADDED", slice);
            slices[slice.Metadata.Name] = slice;
        }
    }

    /// <summary>Removes a slice.</summary>
    public void Delete(string name)
    {
        lock (gate)
        {
            slices.Remove(name, out var slice);
            Tell("DELETED", slice!);
        }
    }

    /// <summary>Answers everything with 500 and ends every watch, until <see cref="Repair"/>.</summary>
    public void Break()
    {
        broken = true;
        EndWatches();
    }

    /// <summary>Answers again.</summary>
    public void Repair() => broken = false;

    /// <summary>Ends the watches, as a server does that is replaced.</summary>
    public void EndWatches()
    {
        lock (gate)
        {
            watches.ForEach(watch => watch.Writer.TryComplete());
            watches.Clear();
        }
    }

    /// <summary>Tells those who watch that their version is too old, as a server does that has forgotten the changes since.</summary>
    public void Expire()
    {
        lock (gate)
        {
            const string gone = """{"type":"ERROR","object":{"apiVersion":"v1","kind":"Status","status":"Failure","reason":"Expired","message":"too old resource version","code":410}}""";
            watches.ForEach(watch => watch.Writer.TryWrite(gone + "\n"));
            EndWatches();
        }
    }

    /// <summary>Changes what there is without a word to those who watch.</summary>
    public void DeleteUnseen(string name)
    {
        lock (gate)
        {
            slices.Remove(name);
            version++;
        }
    }

    public async ValueTask DisposeAsync()
    {
        EndWatches();
        await app.DisposeAsync();
    }

    private void Tell(string type, V1EndpointSlice slice)
    {
        slice.Metadata.ResourceVersion = (++version).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var line = $$"""{"type":"{{type}}","object":{{KubernetesJson.Serialize(slice)}}}""" + "\n";
        events.Add((version, line));
        watches.ForEach(watch => watch.Writer.TryWrite(line));
    }

    private async Task Answer(HttpContext context)
    {
        if (broken)
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return;
        }

        Selectors.Enqueue(context.Request.Query["labelSelector"].ToString());
        if (context.Request.Query["watch"] != "true")
        {
            string body;
            lock (gate)
            {
                body = KubernetesJson.Serialize(new V1EndpointSliceList
                {
                    ApiVersion = "discovery.k8s.io/v1",
                    Kind = "EndpointSliceList",
                    Metadata = new V1ListMeta { ResourceVersion = version.ToString(System.Globalization.CultureInfo.InvariantCulture) },
                    Items = [.. slices.Values],
                });
            }

            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(body);
            return;
        }

        await Watch(context, int.Parse(context.Request.Query["resourceVersion"].ToString(), System.Globalization.CultureInfo.InvariantCulture));
    }

    // What has happened since the list, then what happens.
    private async Task Watch(HttpContext context, int since)
    {
        var watch = Channel.CreateUnbounded<string>();
        lock (gate)
        {
            events.Where(change => change.Version > since).ToList().ForEach(change => watch.Writer.TryWrite(change.Line));
            watches.Add(watch);
        }

        try
        {
            context.Response.ContentType = "application/json";
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await foreach (var line in watch.Reader.ReadAllAsync(context.RequestAborted))
            {
                await context.Response.WriteAsync(line, context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        }
        finally
        {
            lock (gate)
            {
                watches.Remove(watch);
            }
        }
    }
}
