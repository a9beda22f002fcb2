using System.Reflection;
using Gatehouse.Api.Hosting;
using Gatehouse.Grains.Views;
using Gatehouse.Silo;

namespace Gatehouse.Api.Tests.Architecture;

/// <summary>
/// What is stored or sent between versions is known by an alias, not by the name of a class that may move: every
/// serialized type, grain interface and grain method has one, and no two have the same.
/// </summary>
public sealed class AliasTests
{
    private static readonly Type[] Types =
        [.. new[] { typeof(IViewPublisher), typeof(SiloApp), typeof(GatehouseApp) }
            .SelectMany(part => part.Assembly.GetTypes())
            .Where(type => type.Namespace?.StartsWith("Gatehouse.", StringComparison.Ordinal) == true)];

    private static Type[] Serialized => [.. Types.Where(type => type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false))];

    private static Type[] Interfaces => [.. Types.Where(type => type.IsInterface && typeof(IAddressable).IsAssignableFrom(type))];

    [Fact]
    public void Every_serialized_type_has_an_alias()
    {
        Serialized.ShouldNotBeEmpty();
        Serialized.Where(type => AliasOf(type) is null).ShouldBeEmpty();
    }

    [Fact]
    public void Every_grain_interface_and_method_has_an_alias()
    {
        Interfaces.ShouldNotBeEmpty();
        Interfaces.Where(type => AliasOf(type) is null).ShouldBeEmpty();
        Interfaces.SelectMany(type => type.GetMethods()).Where(method => AliasOf(method) is null).ShouldBeEmpty();
    }

    [Fact]
    public void No_two_types_share_an_alias()
    {
        Repeated(Serialized.Concat(Interfaces).Select(AliasOf)).ShouldBeEmpty();
    }

    [Fact]
    public void No_two_methods_of_an_interface_share_an_alias()
    {
        Interfaces.SelectMany(type => Repeated(type.GetMethods().Select(AliasOf)).Select(alias => $"{type.Name}: {alias}")).ShouldBeEmpty();
    }

    [Fact]
    public void No_member_id_is_used_twice_in_a_type()
    {
        const BindingFlags all = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        Serialized
            .SelectMany(type => type.GetMembers(all)
                .Select(member => member.GetCustomAttribute<IdAttribute>()?.Id)
                .Where(id => id is not null)
                .GroupBy(id => id)
                .Where(ids => ids.Count() > 1)
                .Select(ids => $"{type.Name}: {ids.Key}"))
            .ShouldBeEmpty();
    }

    private static string? AliasOf(MemberInfo member) => member.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias;

    private static IEnumerable<string?> Repeated(IEnumerable<string?> aliases) =>
        aliases.GroupBy(alias => alias).Where(same => same.Count() > 1).Select(same => same.Key);
}
