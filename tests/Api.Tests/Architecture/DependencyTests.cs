using System.Reflection;
using Gatehouse.Api.Hosting;
using Gatehouse.Grains.Views;
using Gatehouse.Silo;

namespace Gatehouse.Api.Tests.Architecture;

/// <summary>Dependencies point one way: Api → Silo → Grains; and the platform knows nothing of the business on it.</summary>
public sealed class DependencyTests
{
    private static readonly Assembly Grains = typeof(IViewPublisher).Assembly;
    private static readonly Assembly Silo = typeof(SiloApp).Assembly;
    private static readonly Assembly Api = typeof(GatehouseApp).Assembly;

    [Fact]
    public void Grains_know_no_host_no_http_and_no_store()
    {
        var references = References(Grains);

        references.ShouldNotContain(name => name.StartsWith("Gatehouse.", StringComparison.Ordinal));
        references.ShouldNotContain(name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));
        references.ShouldNotContain(name => name.StartsWith("Microsoft.Extensions.Hosting", StringComparison.Ordinal));
        references.ShouldNotContain(name => name.StartsWith("System.Net.Http", StringComparison.Ordinal));
        references.ShouldNotContain(name => name.Contains("Redis", StringComparison.Ordinal) || name.Contains("Garnet", StringComparison.Ordinal));
    }

    [Fact]
    public void Silo_knows_the_grains_and_not_the_front_door()
    {
        var references = References(Silo);

        references.ShouldNotContain("Gatehouse.Api");
        references.ShouldNotContain(name => name.StartsWith("Yarp", StringComparison.Ordinal));
    }

    [Fact]
    public void Front_door_reaches_the_store_through_the_silo_only()
    {
        References(Api).ShouldNotContain(name => name.Contains("Redis", StringComparison.Ordinal) || name.Contains("Garnet", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Grains")]
    [InlineData("Silo")]
    [InlineData("Api")]
    public void Platform_never_names_the_business_service(string assembly)
    {
        var types = Assembly.Load($"Gatehouse.{assembly}").GetTypes().Where(type => !IsBusiness(type)).ToArray();

        types.ShouldNotBeEmpty();
        var offenders = types.Where(type => Named(type).Any(IsBusiness)).Where(type => !IsComposition(type));
        offenders.ShouldBeEmpty();
    }

    private static string[] References(Assembly assembly) => [.. assembly.GetReferencedAssemblies().Select(name => name.Name!)];

    private static bool IsBusiness(Type type) =>
        type.Namespace?.Split('.').Contains("Lending") == true || (type.IsGenericType && Array.Exists(type.GetGenericArguments(), IsBusiness));

    // Someone has to add the modules: the one place that puts the capabilities together.
    private static bool IsComposition(Type type) =>
        type == typeof(Capabilities) || type.DeclaringType == typeof(Capabilities) || type.Namespace?.StartsWith("OrleansCodeGen", StringComparison.Ordinal) == true;

    private static IEnumerable<Type> Named(Type type)
    {
        const BindingFlags all = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        return type.GetFields(all).Select(field => field.FieldType)
            .Concat(type.GetMethods(all).SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType)))
            .Concat(type.GetConstructors(all).SelectMany(constructor => constructor.GetParameters().Select(parameter => parameter.ParameterType)))
            .Concat(type.GetInterfaces())
            .Concat(type.BaseType is { } parent ? [parent] : []);
    }
}
