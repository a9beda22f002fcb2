using Gatehouse.Api.Registry.Eureka.Rendering;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Registry.Eureka.Endpoints;

/// <summary>What clients ask of the registry. Every answer is from this front door's replica, and exact.</summary>
internal sealed class QueryEndpoints(IReplica<RegistrySnapshot> registry, TimeProvider time)
{
    private readonly RenderCache rendered = new(time);

    public async Task Everything(HttpContext context)
    {
        var form = Representation.Of(context.Request);
        await EurekaAnswer.Send(context, rendered.Of(await Read(context)).Everything(form), form);
    }

    public async Task Delta(HttpContext context)
    {
        var form = Representation.Of(context.Request);
        await EurekaAnswer.Send(context, rendered.Of(await Read(context)).Delta(form), form);
    }

    public async Task App(HttpContext context)
    {
        var snapshot = await Read(context);
        if (snapshot.Services.TryGetValue(context.App(), out var service) && service.Present().ToArray() is { Length: > 0 } instances)
        {
            var form = Representation.Of(context.Request);
            await EurekaAnswer.Send(context, EurekaDocument.Render(new Application(service.Name, instances), form), form);
        }
        else
        {
            await EurekaAnswer.Empty(context, StatusCodes.Status404NotFound);
        }
    }

    public async Task InstanceOfApp(HttpContext context)
    {
        var snapshot = await Read(context);
        await Send(context, snapshot.TryFind(context.App(), context.Segment("id"), out var instance) ? instance : null);
    }

    public async Task InstanceOfAnyApp(HttpContext context) =>
        await Send(context, (await Read(context)).FindAnywhere(context.Segment("id")));

    public Task ByVip(HttpContext context) => ByVip(context, secure: false);

    public Task BySecureVip(HttpContext context) => ByVip(context, secure: true);

    public async Task Overrides(HttpContext context)
    {
        var overridden = (await Read(context)).Present().Where(instance => instance.Override != InstanceStatus.Unknown);
        var body = EurekaDocument.Json(json =>
        {
            json.WriteStartObject();
            // Ids are unique in their application only; the original server's answer has no room for it either.
            foreach (var instance in overridden.DistinctBy(instance => instance.Id))
            {
                json.WriteString(EurekaInstance.Of(instance).InstanceId, EurekaStatus.Name(instance.Override));
            }

            json.WriteEndObject();
        });
        await EurekaAnswer.Send(context, body, new Representation(Json: true, Compact: false));
    }

    private async Task ByVip(HttpContext context, bool secure)
    {
        var found = (await Read(context)).ByVip(context.Segment("vip"), secure);
        var form = Representation.Of(context.Request);
        await EurekaAnswer.Send(context, EurekaDocument.Render(found, form), form);
    }

    private static Task Send(HttpContext context, Instance? instance)
    {
        if (instance is null)
        {
            return EurekaAnswer.Empty(context, StatusCodes.Status404NotFound);
        }

        var form = Representation.Of(context.Request);
        return EurekaAnswer.Send(context, EurekaDocument.Render(instance, form), form);
    }

    private ValueTask<RegistrySnapshot> Read(HttpContext context) => registry.Read(context.RequestAborted);
}
