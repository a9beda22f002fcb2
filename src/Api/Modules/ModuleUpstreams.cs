using System.Diagnostics.CodeAnalysis;
using Gatehouse.Api.Gateway;
using Gatehouse.Api.Routing;

namespace Gatehouse.Api.Modules;

/// <summary>The modules of this front door, as upstreams of its gateway.</summary>
internal sealed class ModuleUpstreams
{
    private readonly Dictionary<string, ModuleUpstream> byName = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Each module's default route.</summary>
    public IEnumerable<IServiceModule> Modules => byName.Values.Select(upstream => upstream.Module);

    /// <summary>Adds a module; before the first request.</summary>
    public void Add(IServiceModule module, RequestDelegate endpoints) => byName.Add(module.Name, new ModuleUpstream(module, endpoints));

    /// <summary>How a route's requests are answered, when it goes to a module.</summary>
    public bool TryGet(CompiledRoute route, [MaybeNullWhen(false)] out GatewayStep step)
    {
        if (route.Target.Services is [var service] && byName.TryGetValue(service, out var upstream))
        {
            step = call => upstream.Answer(call, route);
            return true;
        }

        step = null;
        return false;
    }
}
