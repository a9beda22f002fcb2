using System.Globalization;
using System.Text.Json;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Registry;

/// <summary>What an instance says of itself, and an operator of it.</summary>
internal static class InstanceEndpoints
{
    /// <summary>Tells, after a drain that ran out of time, how many requests were left.</summary>
    public const string InFlightHeader = "Gatehouse-In-Flight";

    public static async Task<IResult> Register(string service, string id, HttpRequest request, ServiceCommands commands)
    {
        if (RegistryNames.Check(service, id, out var name) is { } wrong)
        {
            return wrong.AsResult();
        }

        var (registration, refused) = await JsonBody.Read(request, document => RegistrationDocument.Parse(document, name, id));
        if (registration is null)
        {
            return refused!.AsResult();
        }

        var outcome = await commands.Register(registration);
        var instance = await commands.Find(name, id) ?? registration;
        request.HttpContext.Response.Headers.Location = $"/registry/v1/services/{name}/instances/{Uri.EscapeDataString(id)}";
        return Results.Json(
            InstanceBody.Of(instance),
            RegistryJson.Default.InstanceBody,
            statusCode: outcome == RegisterOutcome.Created ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    /// <summary>The busiest endpoint of the management surface: plain, so that a heartbeat costs little.</summary>
    public static async Task Beat(HttpContext context)
    {
        var service = (string)context.Request.RouteValues["service"]!;
        var id = (string)context.Request.RouteValues["id"]!;
        if (RegistryNames.Check(service, id, out var name) is { } wrong)
        {
            await wrong.Write(context);
            return;
        }

        try
        {
            if (await context.RequestServices.GetRequiredService<Heartbeats>().Beat(name, new Heartbeat(id)) == BeatOutcome.Renewed)
            {
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                return;
            }

            await RegistryProblems.RegisterAgain(name, id).Write(context);
        }
        catch (Exception e) when (ClusterUnavailable.IsCause(e, context.RequestAborted))
        {
            await ClusterUnavailable.Write(context);
        }
    }

    public static async Task<IResult> SetStatus(string service, string id, HttpRequest request, ServiceCommands commands)
    {
        if (RegistryNames.Check(service, id, out var name) is { } wrong)
        {
            return wrong.AsResult();
        }

        var (status, refused) = await JsonBody.Read(request, ParseStatus);
        if (status is null)
        {
            return refused!.AsResult();
        }

        return await commands.SetStatus(name, id, status.Value) && await commands.Find(name, id) is { } instance
            ? Results.Json(InstanceBody.Of(instance), RegistryJson.Default.InstanceBody)
            : RegistryProblems.NoInstance(name, id).AsResult();
    }

    public static async Task<IResult> Deregister(
        string service,
        string id,
        string? drain,
        HttpContext context,
        ServiceCommands commands,
        IReplica<RegistrySnapshot> registry,
        Drain draining)
    {
        if (RegistryNames.Check(service, id, out var name) is { } wrong)
        {
            return wrong.AsResult();
        }

        var wait = TimeSpan.Zero;
        if (drain is not null && !Drain.TryRead(drain, out wait))
        {
            return RegistryProblems.Invalid(new Dictionary<string, string[]> { ["drain"] = [Drain.Rule] }).AsResult();
        }

        var key = KeyOf(registry.Current, name, id);
        if (!await commands.Deregister(name, id))
        {
            return RegistryProblems.NoInstance(name, id).AsResult();
        }

        if (drain is not null && await draining.Wait(key, wait, context.RequestAborted) is not 0 and var left)
        {
            context.Response.Headers[InFlightHeader] = left?.ToString(CultureInfo.InvariantCulture) ?? "unknown";
        }

        return Results.NoContent();
    }

    private static (StatusChoice?, Problem?) ParseStatus(JsonElement document)
    {
        var fields = new JsonFields(document, "status");
        var status = fields.Text("status", required: true) switch
        {
            "up" => InstanceStatus.Up,
            "down" => InstanceStatus.Down,
            "out-of-service" => InstanceStatus.OutOfService,
            _ => InstanceStatus.Unknown,
        };
        if (status == InstanceStatus.Unknown)
        {
            fields.Refuse("status", "must be up, down or out-of-service");
        }

        return fields.Errors.Count == 0 ? (new StatusChoice(status), null) : (null, RegistryProblems.Invalid(fields.Errors));
    }

    // An instance that named itself by its host has another id in the view.
    private static string KeyOf(RegistrySnapshot snapshot, string service, string id)
    {
        if (snapshot.Services.TryGetValue(service, out var known) && !known.All.ContainsKey(id))
        {
            var named = known.All.Values.FirstOrDefault(instance => instance.Eureka is { NamedByHost: true } eureka && eureka.HostName == id);
            return (named?.Key) ?? Instance.KeyOf(service, id);
        }

        return Instance.KeyOf(service, id);
    }

    private sealed record StatusChoice(InstanceStatus Value);
}
