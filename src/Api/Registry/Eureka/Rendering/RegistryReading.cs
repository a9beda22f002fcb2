using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Registry.Eureka.Rendering;

/// <summary>What Eureka's queries ask of a snapshot. Entries removed lately are only seen by deltas.</summary>
internal static class RegistryReading
{
    /// <summary>How far back a delta reaches.</summary>
    public static readonly TimeSpan DeltaWindow = TimeSpan.FromSeconds(180);

    public static IEnumerable<Instance> Present(this RegistrySnapshot snapshot) =>
        snapshot.Services.Values.SelectMany(Present);

    public static IEnumerable<Instance> Present(this ServiceInstances service) =>
        service.All.Values.Where(instance => instance.Action != InstanceAction.Deleted);

    public static Applications Everything(this RegistrySnapshot snapshot) => new(
        snapshot.DeltaVersion(),
        Hashcode.Of(snapshot.Present()),
        Listed(snapshot, static instance => instance.Action != InstanceAction.Deleted));

    /// <summary>What changed lately.</summary>
    /// <param name="snapshot">The registry.</param>
    /// <param name="now">The time.</param>
    /// <param name="until">When the answer changes although the registry does not.</param>
    public static Applications Delta(this RegistrySnapshot snapshot, DateTimeOffset now, out DateTimeOffset until)
    {
        var since = now - DeltaWindow;
        var items = Listed(snapshot, instance => instance.UpdatedAt > since);
        var oldest = items.SelectMany(item => item.Instances).Select(instance => instance.UpdatedAt).DefaultIfEmpty(DateTimeOffset.MaxValue - DeltaWindow).Min();
        until = oldest + DeltaWindow;
        return new Applications(snapshot.DeltaVersion(), Hashcode.Of(snapshot.Present()), items);
    }

    /// <summary>The instances that go by a virtual name.</summary>
    public static Applications ByVip(this RegistrySnapshot snapshot, string vip, bool secure)
    {
        var items = Listed(snapshot, instance => instance.Action != InstanceAction.Deleted && GoesBy(instance, vip, secure));
        return new Applications("-1", Hashcode.Of(items.SelectMany(item => item.Instances)), items);
    }

    public static bool TryFind(this RegistrySnapshot snapshot, string service, string id, [NotNullWhen(true)] out Instance? instance)
    {
        instance = null;
        if (!snapshot.Services.TryGetValue(service, out var instances))
        {
            return false;
        }

        instance = instances.All.TryGetValue(id, out var named) && named.Action != InstanceAction.Deleted
            ? named
            : instances.Present().FirstOrDefault(candidate => HasMadeUpId(candidate, id));
        return instance is not null;
    }

    public static Instance? FindAnywhere(this RegistrySnapshot snapshot, string id)
    {
        foreach (var service in snapshot.Services.Values.OrderBy(service => service.Name, StringComparer.Ordinal))
        {
            if (snapshot.TryFind(service.Name, id, out var instance))
            {
                return instance;
            }
        }

        return null;
    }

    // Never -1: it makes clients fetch everything each time.
    private static string DeltaVersion(this RegistrySnapshot snapshot) =>
        (Math.Max(0, snapshot.Version.Sequence) + 1).ToString(CultureInfo.InvariantCulture);

    private static List<Application> Listed(RegistrySnapshot snapshot, Func<Instance, bool> include)
    {
        var items = new List<Application>(snapshot.Services.Count);
        foreach (var service in snapshot.Services.Values.OrderBy(service => service.Name, StringComparer.Ordinal))
        {
            var instances = service.All.Values.Where(include).OrderBy(instance => instance.Id, StringComparer.Ordinal).ToArray();
            if (instances.Length > 0)
            {
                items.Add(new Application(service.Name, instances));
            }
        }

        return items;
    }

    private static bool HasMadeUpId(Instance instance, string id) =>
        instance.Eureka is { NamedByHost: true } && EurekaInstance.Of(instance).InstanceId == id;

    private static bool GoesBy(Instance instance, string vip, bool secure)
    {
        var details = EurekaInstance.Of(instance).Details;
        var names = (secure ? details.SecureVipAddress : details.VipAddress).AsSpan();
        foreach (var range in names.Split(','))
        {
            if (names[range].Trim().SequenceEqual(vip))
            {
                return true;
            }
        }

        return false;
    }
}
