using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Registry.Eureka;

/// <summary>The names of statuses and kinds of change on the wire.</summary>
internal static class EurekaStatus
{
    public static string Name(InstanceStatus status) => status switch
    {
        InstanceStatus.Up => "UP",
        InstanceStatus.Down => "DOWN",
        InstanceStatus.Starting => "STARTING",
        InstanceStatus.OutOfService => "OUT_OF_SERVICE",
        _ => "UNKNOWN",
    };

    public static string Name(InstanceAction action) => action switch
    {
        InstanceAction.Modified => "MODIFIED",
        InstanceAction.Deleted => "DELETED",
        _ => "ADDED",
    };

    public static bool TryParse(ReadOnlySpan<char> name, out InstanceStatus status)
    {
        foreach (var candidate in Enum.GetValues<InstanceStatus>())
        {
            if (name.Equals(Name(candidate), StringComparison.OrdinalIgnoreCase))
            {
                status = candidate;
                return true;
            }
        }

        status = InstanceStatus.Unknown;
        return false;
    }
}
