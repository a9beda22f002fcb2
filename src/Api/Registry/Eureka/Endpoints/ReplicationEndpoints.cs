using System.Text.Json;
using Gatehouse.Api.Registry.Eureka.Codec;
using Gatehouse.Api.Registry.Eureka.Rendering;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Registry.Eureka.Endpoints;

/// <summary>Takes the events that a server of the original kind passes on, so that it can be migrated from while in use.</summary>
internal sealed class ReplicationEndpoints(InstanceCommands instances, TimeProvider time)
{
    // Four times what the original server sends at once.
    private const int MaxEvents = 1_000;

    public async Task Batch(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            context.Response.ContentLength = 0;
            return;
        }

        var body = await RequestBody.Read(context.Request, RequestBody.MaxBatch);
        if (body is null)
        {
            await EurekaAnswer.RefuseTooLarge(context, RequestBody.MaxBatch);
        }
        else if (!EurekaJsonReader.TryReadReplication(body, out var events))
        {
            await EurekaAnswer.RefuseUnreadable(context);
        }
        else if (events.Count > MaxEvents)
        {
            await EurekaAnswer.Refuse(context, $"Too many events, expecting at most {MaxEvents}");
        }
        else
        {
            var results = await ApplyAll(events, context.RequestAborted);
            await EurekaAnswer.Send(context, EurekaDocument.Json(json => Write(json, results)), new Representation(Json: true, Compact: false));
        }
    }

    /// <summary>Events of one instance keep their order; those of others do not wait for them.</summary>
    private async Task<ReplicationResult[]> ApplyAll(List<ReplicatedEvent> events, CancellationToken cancellation)
    {
        var results = new ReplicationResult[events.Count];
        await Task.WhenAll(events.Index().GroupBy(entry => (entry.Item.App, entry.Item.Id)).Select(async sameInstance =>
        {
            foreach (var (index, replicated) in sameInstance)
            {
                results[index] = await Apply(replicated, cancellation);
            }
        }));
        return results;
    }

    private async Task<ReplicationResult> Apply(ReplicatedEvent replicated, CancellationToken cancellation)
    {
        var (app, id) = (replicated.App ?? "", replicated.Id ?? "");
        switch (replicated.Action)
        {
            case "Register":
                return await Register(replicated, app);
            case "Heartbeat":
                return await Renew(replicated, app, id, cancellation);
            case "Cancel":
                return ReplicationResult.Found(await instances.Cancel(app, id, cancellation));
            case "StatusUpdate" when replicated.Status is { } status:
                return ReplicationResult.Found(await instances.SetStatus(app, id, status, replicated.LastDirtyTimestamp, cancellation));
            case "DeleteStatusOverride":
                return ReplicationResult.Found(
                    await instances.ClearStatus(app, id, replicated.Status ?? InstanceStatus.Unknown, cancellation));
            default:
                return new(StatusCodes.Status400BadRequest);
        }
    }

    private async Task<ReplicationResult> Register(ReplicatedEvent replicated, string app)
    {
        if (replicated.Registration is null
            || !RegistrationMapping.TryAccept(replicated.Registration, app, time.GetUtcNow(), out var instance, out _))
        {
            return new(StatusCodes.Status400BadRequest);
        }

        await instances.Register(instance);
        return new(StatusCodes.Status200OK);
    }

    private async Task<ReplicationResult> Renew(ReplicatedEvent replicated, string app, string id, CancellationToken cancellation)
    {
        var beat = new Heartbeat(id, replicated.LastDirtyTimestamp, Replicated: true, replicated.Override);
        return await instances.Renew(app, beat, cancellation) switch
        {
            BeatOutcome.Renewed => new(StatusCodes.Status200OK),
            BeatOutcome.Outdated => new(StatusCodes.Status409Conflict, await instances.Find(app, id, cancellation)),
            _ => new(StatusCodes.Status404NotFound),
        };
    }

    private static void Write(Utf8JsonWriter json, ReplicationResult[] results)
    {
        json.WriteStartObject();
        json.WriteStartArray("responseList"u8);
        foreach (var result in results)
        {
            json.WriteStartObject();
            json.WriteNumber("statusCode"u8, result.Status);
            if (result.Newer is not null)
            {
                json.WritePropertyName("responseEntity"u8);
                EurekaJsonWriter.WriteFull(json, EurekaInstance.Of(result.Newer));
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>What became of an event.</summary>
    /// <param name="Status">The status that the event would have got as a request of its own.</param>
    /// <param name="Newer">The instance as it is here, when the peer's knowledge of it is outdated.</param>
    private readonly record struct ReplicationResult(int Status, Instance? Newer = null)
    {
        public static ReplicationResult Found(bool found) =>
            new(found ? StatusCodes.Status200OK : StatusCodes.Status404NotFound);
    }
}
