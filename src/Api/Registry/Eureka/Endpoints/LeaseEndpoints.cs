using System.Collections.Immutable;
using Gatehouse.Api.Registry.Eureka.Codec;
using Gatehouse.Api.Registry.Eureka.Rendering;
using Gatehouse.Grains.Registry;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Api.Registry.Eureka.Endpoints;

/// <summary>What instances, and operators, say of instances.</summary>
internal sealed class LeaseEndpoints(InstanceCommands instances, TimeProvider time)
{
    private const string BadVersion = "Invalid lastDirtyTimestamp, expecting a whole number";
    private const string BadStatus = "Invalid status, expecting one of UP, DOWN, STARTING, OUT_OF_SERVICE, UNKNOWN";

    public async Task Register(HttpContext context)
    {
        var format = BodyFormat(context.Request);
        if (format is null)
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            context.Response.ContentLength = 0;
            return;
        }

        var body = await RequestBody.Read(context.Request, RequestBody.MaxRegistration);
        if (body is null)
        {
            await EurekaAnswer.RefuseTooLarge(context, RequestBody.MaxRegistration);
            return;
        }

        var isReadable = format == "json"
            ? EurekaJsonReader.TryReadInstance(body, out var registration)
            : EurekaXmlReader.TryReadInstance(body, out registration);
        if (!isReadable)
        {
            await EurekaAnswer.RefuseUnreadable(context);
        }
        else if (!RegistrationMapping.TryAccept(registration!, context.App(), time.GetUtcNow(), out var instance, out var reason))
        {
            await EurekaAnswer.Refuse(context, reason);
        }
        else
        {
            await instances.Register(instance);
            await EurekaAnswer.Empty(context, StatusCodes.Status204NoContent);
        }
    }

    /// <summary>By far the most frequent request.</summary>
    public async Task Renew(HttpContext context)
    {
        var replicated = context.IsReplicated();
        var overriding = InstanceStatus.Unknown;
        if (!context.TryLastDirty(out var lastDirty))
        {
            await EurekaAnswer.Refuse(context, BadVersion);
            return;
        }

        if (replicated && !context.TryStatus("overriddenstatus", InstanceStatus.Unknown, out overriding))
        {
            await EurekaAnswer.Refuse(context, BadStatus);
            return;
        }

        var app = context.App();
        var beat = new Heartbeat(context.Segment("id"), lastDirty, replicated, overriding);
        switch (await instances.Renew(app, beat, context.RequestAborted))
        {
            case BeatOutcome.Renewed:
                await EurekaAnswer.Empty(context, StatusCodes.Status200OK);
                break;
            case BeatOutcome.Outdated when await instances.Find(app, beat.Id, context.RequestAborted) is { } instance:
                var form = Representation.Of(context.Request);
                await EurekaAnswer.Send(context, new(EurekaDocument.Render(instance, form)), form, StatusCodes.Status409Conflict);
                break;
            default:
                await EurekaAnswer.Empty(context, StatusCodes.Status404NotFound);
                break;
        }
    }

    public async Task Cancel(HttpContext context)
    {
        var found = await instances.Cancel(context.App(), context.Segment("id"), context.RequestAborted);
        await AnswerFound(context, found);
    }

    public async Task SetStatus(HttpContext context)
    {
        if (!context.TryLastDirty(out var lastDirty))
        {
            await EurekaAnswer.Refuse(context, BadVersion);
        }
        else if (!EurekaStatus.TryParse(context.Parameter("value"), out var status))
        {
            await EurekaAnswer.Refuse(context, BadStatus);
        }
        else
        {
            var found = await instances.SetStatus(context.App(), context.Segment("id"), status, lastDirty, context.RequestAborted);
            await AnswerFound(context, found);
        }
    }

    public async Task ClearStatus(HttpContext context)
    {
        if (!context.TryStatus("value", InstanceStatus.Unknown, out var status))
        {
            await EurekaAnswer.Refuse(context, BadStatus);
        }
        else
        {
            var found = await instances.ClearStatus(context.App(), context.Segment("id"), status, context.RequestAborted);
            await AnswerFound(context, found);
        }
    }

    public async Task SetMetadata(HttpContext context)
    {
        var values = QueryHelpers.ParseQuery(context.Request.QueryString.Value)
            .ToImmutableDictionary(pair => pair.Key, pair => pair.Value[^1] ?? "", StringComparer.Ordinal);
        var found = await instances.SetMetadata(context.App(), context.Segment("id"), values, context.RequestAborted);
        await AnswerFound(context, found);
    }

    private static Task AnswerFound(HttpContext context, bool found) =>
        EurekaAnswer.Empty(context, found ? StatusCodes.Status200OK : StatusCodes.Status404NotFound);

    private static string? BodyFormat(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
        {
            return null;
        }

        return type.MediaType.Value?.ToUpperInvariant() switch
        {
            "APPLICATION/JSON" => "json",
            "APPLICATION/XML" or "TEXT/XML" => "xml",
            _ => null,
        };
    }
}
