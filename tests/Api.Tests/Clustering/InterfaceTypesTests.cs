using Gatehouse.Grains.Lending.Books;
using Gatehouse.Grains.Patterns.Index;
using Gatehouse.Grains.Registry;
using Gatehouse.Silo.Clustering;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Metadata;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Serialization.TypeSystem;

namespace Gatehouse.Api.Tests.Clustering;

public sealed class InterfaceTypesTests : IDisposable
{
    private readonly ServiceProvider services = Services();

    public void Dispose() => services.Dispose();

    [Theory]
    [InlineData(typeof(IServiceGrain))]
    [InlineData(typeof(IBookGrain))]
    [InlineData(typeof(IIndexGrain<string>))]
    [InlineData(typeof(IIndexGrain<>))]
    [InlineData(typeof(INamed))]
    [InlineData(typeof(IManagementGrain))]
    public void GetGrainInterfaceType_isWhatOrleansCallsIt(Type type)
    {
        var own = new GrainInterfaceTypeResolver([new AttributeGrainInterfaceTypeProvider(services)], services.GetRequiredService<TypeConverter>());

        var resolver = services.GetRequiredService<GrainInterfaceTypeResolver>();
        for (var i = 0; i < 2; i++)
        {
            resolver.GetGrainInterfaceType(type).ShouldBe(own.GetGrainInterfaceType(type));
        }
    }

    [Fact]
    public void TryGetGrainInterfaceType_askedAgain_findsNothingAnew()
    {
        var types = services.GetServices<IGrainInterfaceTypeProvider>().First().ShouldBeOfType<InterfaceTypes>();
        types.TryGetGrainInterfaceType(typeof(IBookGrain), out var first).ShouldBeTrue();
        var before = GC.GetAllocatedBytesForCurrentThread();
        types.TryGetGrainInterfaceType(typeof(IBookGrain), out var again).ShouldBeTrue();

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        again.ShouldBe(first);
    }

    private static ServiceProvider Services()
    {
        var services = new ServiceCollection();
        services.AddSerializer();
        services.AddSingleton<IGrainInterfaceTypeProvider, AttributeGrainInterfaceTypeProvider>();
        services.AddSingleton<GrainInterfaceTypeResolver>();
        services.AddInterfaceTypes();
        return services.BuildServiceProvider();
    }

    /// <summary>One that says itself what it is called.</summary>
    [GrainInterfaceType("named-in-test")]
    internal interface INamed : IGrainWithStringKey;
}
