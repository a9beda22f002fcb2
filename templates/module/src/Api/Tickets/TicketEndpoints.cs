using Gatehouse.Api.Commands;
using Gatehouse.Api.Modules;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Registry;
using Gatehouse.Grains.Patterns;
using Gatehouse.Grains.Tickets;

namespace Gatehouse.Api.Tickets;

/// <summary><c>/tickets/{id}</c>.</summary>
internal static class TicketEndpoints
{
    private const int MaxId = 64;
    private const int MaxTitle = 200;

    public static async Task<IResult> Get(string id, HttpContext context, IGrainFactory grains) =>
        IsId(id) && await grains.GetGrain<ITicketGrain>(id).Find() is { } found ? Answer(context, id, found) : NotFound(id).AsResult();

    public static async Task<IResult> Name(string id, HttpContext context, IGrainFactory grains)
    {
        if (!IsId(id))
        {
            return Problem.Invalid("id", $"must be 1 to {MaxId} letters, digits and hyphens").AsResult();
        }

        if (!EntityTags.TryReadCondition(context.Request, out var revision, out var badCondition))
        {
            return badCondition.AsResult();
        }

        var (title, refused) = await JsonBody.Read<string>(context.Request, document =>
        {
            var fields = new JsonFields(document, "title");
            var text = fields.Text("title", required: true, MaxTitle);
            return fields.Errors.Count > 0 ? (null, Problem.Invalid(fields.Errors)) : (text, null);
        });
        if (title is null)
        {
            return refused!.AsResult();
        }

        return await grains.GetGrain<ITicketGrain>(id).Name(title, revision) is { } found
            ? Answer(context, id, found)
            : new Problem(StatusCodes.Status412PreconditionFailed, "precondition-failed", "It was changed meanwhile").AsResult();
    }

    public static async Task<IResult> Change(string id, HttpContext context, IGrainFactory grains, CommandSender sender, TimeProvider time)
    {
        if (!IsId(id))
        {
            return NotFound(id).AsResult();
        }

        var caller = context.User.FindFirst("sub")?.Value ?? "";
        if (!IdempotencyKey.TryRead(context.Request, caller, out var key, out var noKey))
        {
            return noKey.AsResult();
        }

        var (change, refused) = await JsonBody.Read(context.Request, document =>
        {
            var fields = new JsonFields(document, "by");
            var by = fields.Number("by", 0, -ITicketGrain.Most, ITicketGrain.Most);
            if (by == 0)
            {
                fields.Refuse("by", "is required, and not 0");
            }

            return fields.Errors.Count > 0 ? ((TicketChange?)null, Problem.Invalid(fields.Errors)) : (new TicketChange(by), null);
        });
        if (change is null)
        {
            return refused!.AsResult();
        }

        // One operation, however often it is sent: the grain applies it once.
        var operation = Operation.Now(key, time);
        var answer = await sender.Send(() => grains.GetGrain<ITicketGrain>(id).Change(operation, change.By));
        return answer.Outcome switch
        {
            TicketOutcome.NotFound => NotFound(id).AsResult(),
            TicketOutcome.TooFew => Problem.Conflict("too-few", "There are not so many", "by", $"must leave 0 to {ITicketGrain.Most}").AsResult(),
            TicketOutcome.IdReused => IdempotencyKey.Reused.AsResult(),
            _ => Answer(context, id, answer.View!),
        };
    }

    private static IResult Answer(HttpContext context, string id, TicketView found)
    {
        context.Response.Headers.ETag = EntityTags.Of(found.Revision);
        return Results.Ok(new TicketBody(id, found.Title, found.Count));
    }

    private static bool IsId(string id) => id.Length is > 0 and <= MaxId && id.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    private static Problem NotFound(string id) =>
        new(StatusCodes.Status404NotFound, "unknown-ticket", "There is no such thing", $"There is nothing under '{(id.Length <= MaxId ? id : id[..MaxId])}'.");
}

/// <summary>What others see of it, as JSON.</summary>
internal sealed record TicketBody(string Id, string Title, int Count);

/// <summary>A change as it is asked for.</summary>
internal sealed record TicketChange(int By);
