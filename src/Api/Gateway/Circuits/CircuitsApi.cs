using System.Text.Json;
using Gatehouse.Api.Commands;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Registry;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Resilience.Circuits;

namespace Gatehouse.Api.Gateway.Circuits;

/// <summary>Circuits over HTTP, <c>/admin/v1/circuits</c>: what is not closed and why, and an operator's decisions.</summary>
internal static class CircuitsApi
{
    private const int MaxReason = 256;

    public static void MapCircuits(this IEndpointRouteBuilder management)
    {
        var api = management.MapGroup("/admin/v1/circuits").WithTags("Circuits");
        api.MapGet("", List).WithSummary("The circuits that are not closed, and instances that are passed over").Produces<CircuitListing>();
        api.MapGet("/{service}", OfService).WithSummary("The circuits of a service and of all its instances").Produces<CircuitListing>();
        api.MapPut("/{service}", (string service, HttpContext context, IReplica<RegistrySnapshot> registry, IReplica<CircuitSnapshot> view, ICircuitOwners owners, CommandSender sender) =>
                Put(service, "", context, registry, view, owners, sender))
            .WithSummary("Opens or closes a service's circuit, or leaves it to its calls").Accepts<CircuitDecision>("application/json").Produces<CircuitBody>();
        api.MapGet("/{service}/instances/{instance}", OfInstance).WithSummary("The circuit of an instance").Produces<CircuitBody>();
        api.MapPut("/{service}/instances/{instance}", Put)
            .WithSummary("Opens or closes an instance's circuit, or leaves it to its calls").Accepts<CircuitDecision>("application/json").Produces<CircuitBody>();
    }

    private static async Task<IResult> List(HttpContext context, IReplica<CircuitSnapshot> view) => TypedResults.Ok(new CircuitListing(
        [.. (await view.Read(context.RequestAborted)).Circuits.Values.OrderBy(circuit => circuit.Key, StringComparer.Ordinal).Select(CircuitBody.Of)]));

    private static async Task<IResult> OfService(
        string service, HttpContext context, IReplica<RegistrySnapshot> registry, IReplica<CircuitSnapshot> view)
    {
        var snapshot = await view.Read(context.RequestAborted);
        var services = (await registry.Read(context.RequestAborted)).Services;
        var name = service.ToUpperInvariant();
        var known = services.GetValueOrDefault(name);
        var own = snapshot.Circuits.Values.Where(circuit => circuit.Service == name).ToDictionary(circuit => circuit.Instance, StringComparer.Ordinal);
        if (known is null && own.Count == 0)
        {
            return NotFound(service).AsResult();
        }

        var instances = (known?.All.Values.Where(instance => instance.RemovedAt is null).Select(instance => instance.Id) ?? [])
            .Union(own.Keys, StringComparer.Ordinal)
            .Append("")
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);
        return TypedResults.Ok(new CircuitListing(
            [.. instances.Select(id => CircuitBody.Of(own.GetValueOrDefault(id) ?? new CircuitEntry { Service = name, Instance = id }))]));
    }

    private static async Task<IResult> OfInstance(
        string service, string instance, HttpContext context, IReplica<RegistrySnapshot> registry, IReplica<CircuitSnapshot> view)
    {
        var (name, snapshot) = (service.ToUpperInvariant(), await view.Read(context.RequestAborted));
        var circuit = snapshot.Circuits.GetValueOrDefault(CircuitEntry.KeyOf(name, instance));
        if (circuit is null && IsThere(name, instance, await registry.Read(context.RequestAborted)))
        {
            circuit = new CircuitEntry { Service = name, Instance = instance };
        }

        return circuit is null ? NotFound($"{service}/{instance}").AsResult() : TypedResults.Ok(CircuitBody.Of(circuit));
    }

    private static async Task<IResult> Put(
        string service,
        string instance,
        HttpContext context,
        IReplica<RegistrySnapshot> registry,
        IReplica<CircuitSnapshot> view,
        ICircuitOwners owners,
        CommandSender sender)
    {
        var (decision, problem) = await JsonBody.Read(context.Request, Read);
        if (decision is null)
        {
            return problem!.AsResult();
        }

        var name = service.ToUpperInvariant();
        if (!IsThere(name, instance, await registry.Read(context.RequestAborted))
            && !(await view.Read(context.RequestAborted)).Circuits.ContainsKey(CircuitEntry.KeyOf(name, instance)))
        {
            return NotFound(instance.Length == 0 ? service : $"{service}/{instance}").AsResult();
        }

        // Deciding the same twice is deciding it once.
        return TypedResults.Ok(CircuitBody.Of(
            await sender.Send(() => owners.Of(name).Force(instance, decision.Mode, decision.Reason))));
    }

    private static bool IsThere(string service, string instance, RegistrySnapshot registry) =>
        registry.Services.TryGetValue(service, out var known)
        && (instance.Length == 0 || (known.All.TryGetValue(instance, out var entry) && entry.RemovedAt is null));

    private static (Decision? Decision, Problem? Problem) Read(JsonElement document)
    {
        var fields = new JsonFields(document, "state", "reason");
        CircuitMode? mode = fields.Text("state", required: true) switch
        {
            "open" => CircuitMode.ForcedOpen,
            "closed" => CircuitMode.ForcedClosed,
            "auto" => CircuitMode.Auto,
            _ => null,
        };
        if (mode is null)
        {
            fields.Refuse("state", "must be open, closed or auto");
        }

        var reason = fields.Text("reason", maxLength: MaxReason) ?? "An operator's decision.";
        return fields.Errors.Count == 0
            ? (new Decision(mode!.Value, reason), null)
            : (null, new Problem(StatusCodes.Status400BadRequest, "invalid-circuit", "The decision is refused") { Errors = fields.Errors });
    }

    private static Problem NotFound(string name) =>
        new(StatusCodes.Status404NotFound, "circuit-not-found", "There is no such circuit", $"Nothing is registered as '{name}'.");

    private sealed record Decision(CircuitMode Mode, string Reason);
}
