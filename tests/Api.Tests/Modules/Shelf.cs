using Gatehouse.Api.Modules;
using Gatehouse.Api.Tests.Gateway;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Modules;

/// <summary>A module of a gateway under test; the test says what its endpoints do.</summary>
internal sealed class Shelf : IServiceModule
{
    public string Name => "shelf";

    public string Description => "Answers as a test says.";

    /// <summary>Puts it into a front, before the first request.</summary>
    public static void AddTo(Front front, RequestDelegate endpoints) =>
        front.Services.GetRequiredService<ModuleUpstreams>().Add(new Shelf(), endpoints);

    public void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        // They are what the test gives.
    }
}
