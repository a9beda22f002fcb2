using System.Reflection;
using Gatehouse.Grains.Views;
using Gatehouse.Silo;
using Orleans;
using Orleans.Metadata;

namespace Gatehouse.Deploy.Tests;

/// <summary>The operations guide explains every type of grain that an operator meets on the dashboard, in logs and in Redis.</summary>
public sealed class GrainTypesTests
{
    [Fact]
    public void Every_grain_has_a_type_of_its_own_name() => Grains().ShouldAllBe(grain => grain.IsDefined(typeof(GrainTypeAttribute), inherit: false));

    [Fact]
    public void Every_grain_type_is_explained_in_the_operations_guide()
    {
        var explained = Repository.Read("docs", "operations.md").Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).ToArray();

        Grains().Select(Name).Where(name => !explained.Any(line => line.StartsWith($"| `{name}` | ", StringComparison.Ordinal))).ShouldBeEmpty();
    }

    private static Type[] Grains() =>
        [.. new[] { typeof(IViewPublisher), typeof(SiloApp) }.SelectMany(part => part.Assembly.GetTypes()).Where(type => typeof(Grain).IsAssignableFrom(type) && !type.IsAbstract)];

    private static string Name(Type grain) => grain.GetCustomAttribute<GrainTypeAttribute>()!.GetGrainType(null!, grain).ToString();
}
