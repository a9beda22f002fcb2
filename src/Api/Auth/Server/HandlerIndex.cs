using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using OpenIddict.Server;

namespace Gatehouse.Api.Auth.Server;

/// <summary>
/// OpenIddict's handlers by the event that they are for, in their order. OpenIddict itself looks, at each of the some twenty events of a
/// request, through all handlers of all events, and finds each by its type anew; that is a good part of the work of a token request.
/// </summary>
/// <param name="options">The options, other ones whenever the signing keys change.</param>
/// <param name="services">Where handlers and filters are found that are made once.</param>
/// <param name="loggers">The log.</param>
internal sealed class HandlerIndex(IOptionsMonitor<OpenIddictServerOptions> options, IServiceProvider services, ILoggerFactory loggers)
{
    private readonly ILogger log = loggers.CreateLogger<OpenIddictServerDispatcher>();
    private Index? current;

    /// <summary>Whether the log is to tell of each handler.</summary>
    public bool Verbose => log.IsEnabled(LogLevel.Debug);

    /// <summary>The handlers of an event.</summary>
    public Handler[] Of(Type eventType)
    {
        var inForce = options.CurrentValue;
        var index = Volatile.Read(ref current);
        if (index is null || !ReferenceEquals(index.Options, inForce))
        {
            index = new Index(inForce, Arrange(inForce));
            Volatile.Write(ref current, index);
        }

        return index.Handlers.TryGetValue(eventType, out var handlers) ? handlers : [];
    }

    private FrozenDictionary<Type, Handler[]> Arrange(OpenIddictServerOptions of) => of.Handlers
        .GroupBy(descriptor => descriptor.ContextType)
        .ToFrozenDictionary(group => group.Key, group => group.Select(Make).ToArray());

    private Handler Make(OpenIddictServerHandlerDescriptor descriptor)
    {
        var service = descriptor.ServiceDescriptor;
        return new Handler(
            service.ServiceType,
            service.ImplementationInstance ?? (service.Lifetime == ServiceLifetime.Singleton ? services.GetRequiredService(service.ServiceType) : null),
            // OpenIddict registers all filters as singletons.
            [.. descriptor.FilterTypes.Select(services.GetRequiredService)]);
    }

    /// <summary>A handler.</summary>
    /// <param name="Type">By what it is found.</param>
    /// <param name="Instance">The handler itself; null when each request has its own.</param>
    /// <param name="Filters">Which say whether it is to handle an event.</param>
    internal sealed record Handler(Type Type, object? Instance, object[] Filters);

    private sealed record Index(OpenIddictServerOptions Options, FrozenDictionary<Type, Handler[]> Handlers);
}
