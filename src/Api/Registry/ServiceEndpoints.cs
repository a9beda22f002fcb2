using Gatehouse.Api.Views;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Registry;

/// <summary>Reads of the registry, served from this front door's replica.</summary>
internal static class ServiceEndpoints
{
    public static async Task<IResult> List(IReplica<RegistrySnapshot> registry, CancellationToken cancellation)
    {
        var snapshot = await registry.Read(cancellation);
        var services = snapshot.Services.Values.Select(Summary)
            .Where(service => service.Instances > 0)
            .OrderBy(service => service.Name, StringComparer.Ordinal);
        return Results.Json(new ServiceList(snapshot.Version.ToString(), [.. services]), RegistryJson.Default.ServiceList);
    }

    public static async Task<IResult> Get(string service, IReplica<RegistrySnapshot> registry, CancellationToken cancellation)
    {
        var snapshot = await registry.Read(cancellation);
        return snapshot.Services.TryGetValue(service, out var known) && Registered(known).ToList() is { Count: > 0 } instances
            ? Results.Json(new ServiceBody(known.Name, instances), RegistryJson.Default.ServiceBody)
            : RegistryProblems.NoService(service).AsResult();
    }

    private static IEnumerable<InstanceBody> Registered(ServiceInstances service) => service.All.Values
        .Where(instance => instance.Action != InstanceAction.Deleted)
        .OrderBy(instance => instance.Id, StringComparer.Ordinal)
        .Select(InstanceBody.Of);

    private static ServiceSummary Summary(ServiceInstances service)
    {
        var registered = service.All.Values.Where(instance => instance.Action != InstanceAction.Deleted).ToList();
        return new ServiceSummary(
            service.Name,
            registered.Count,
            registered.Count(instance => instance.Status == InstanceStatus.Up),
            registered.Count(instance => instance.Suspect));
    }
}
