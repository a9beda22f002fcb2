using System.Globalization;
using System.Text;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Registry.Eureka.Rendering;

/// <summary>
/// The digest of a registry that clients compare with their own after applying a delta: instances counted by status,
/// statuses in alphabetical order, such as <c>DOWN_1_UP_10_</c>.
/// </summary>
internal static class Hashcode
{
    private static readonly InstanceStatus[] ByName = [.. Enum.GetValues<InstanceStatus>().OrderBy(EurekaStatus.Name, StringComparer.Ordinal)];

    public static string Of(IEnumerable<Instance> instances)
    {
        Span<int> counts = stackalloc int[ByName.Length];
        foreach (var instance in instances)
        {
            counts[(int)instance.Status]++;
        }

        var hash = new StringBuilder();
        foreach (var status in ByName)
        {
            if (counts[(int)status] > 0)
            {
                hash.Append(CultureInfo.InvariantCulture, $"{EurekaStatus.Name(status)}_{counts[(int)status]}_");
            }
        }

        return hash.ToString();
    }
}
