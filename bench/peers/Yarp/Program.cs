using Yarp.ReverseProxy.Configuration;

// YARP as its documentation sets it up: one route to one cluster. Listens on --urls, forwards to --upstream.
var builder = WebApplication.CreateBuilder(args);
builder.Logging.ClearProviders();
var upstream = builder.Configuration["upstream"] ?? "http://127.0.0.1:9000";
builder.Services.AddReverseProxy().LoadFromMemory(
    [new RouteConfig { RouteId = "all", ClusterId = "all", Match = new RouteMatch { Path = "/{**rest}" } }],
    [
        new ClusterConfig
        {
            ClusterId = "all",
            Destinations = new Dictionary<string, DestinationConfig> { ["one"] = new() { Address = upstream } },
        },
    ]);
var app = builder.Build();
app.MapReverseProxy();
await app.RunAsync();
