using Gatehouse.Api.Registry;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Identity.Clients;

namespace Gatehouse.Api.Auth.Clients;

/// <summary>Clients over HTTP, <c>/admin/v1/clients</c>.</summary>
internal static class ClientsApi
{
    public static void MapClients(this IEndpointRouteBuilder management)
    {
        var api = management.MapGroup("/admin/v1/clients").WithTags("Clients");
        api.MapGet("", List).WithSummary("All clients").Produces<ClientListing>();
        var client = api.MapGroup("/{id}").ProducesProblem(StatusCodes.Status404NotFound);
        client.MapGet("", Get).WithSummary("A client").Produces<ClientBody>();
        client.MapPut("", Put).WithSummary("Makes or changes a client; the answer to the first has its secret, which is told this once")
            .Accepts<ClientBody>("application/json")
            .Produces<ClientBody>().Produces<ClientBody>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status400BadRequest);
        client.MapPost("/secret", NewSecret).WithSummary("Gives a client a new secret; the one before is worth nothing from then on")
            .Produces<ClientBody>().ProducesProblem(StatusCodes.Status409Conflict);
        client.MapDelete("", Delete).WithSummary("Takes a client out; its tokens are refused from then on").Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> List(IReplica<ClientDirectory> clients, HttpContext context)
    {
        var directory = await clients.Read(context.RequestAborted);
        return TypedResults.Ok(new ClientListing([.. directory.All.OrderBy(client => client.Id, StringComparer.Ordinal).Select(client => ClientDocument.Write(client))]));
    }

    private static async Task<IResult> Get(string id, IReplica<ClientDirectory> clients, HttpContext context) =>
        (await clients.Read(context.RequestAborted)).Find(id) is { } client
            ? TypedResults.Ok(ClientDocument.Write(client))
            : ClientProblems.NotFound(id).AsResult();

    private static async Task<IResult> Put(string id, HttpContext context, IGrainFactory grains)
    {
        var (client, problem) = await JsonBody.Read(context.Request, document => ClientDocument.Read(document, id));
        if (client is null)
        {
            return problem!.AsResult();
        }

        var (secret, kept) = ClientSecret.Make();
        var put = await grains.GetGrain<IClientGrain>(id).Put(client, kept);
        context.Response.Headers.CacheControl = "no-store";
        var body = ClientDocument.Write(client, put.SecretTaken ? secret : null);
        return put.Created ? TypedResults.Created(context.Request.Path.ToUriComponent(), body) : TypedResults.Ok(body);
    }

    private static async Task<IResult> NewSecret(string id, HttpContext context, IReplica<ClientDirectory> clients, IGrainFactory grains)
    {
        if ((await clients.Read(context.RequestAborted)).Find(id) is not { } client)
        {
            return ClientProblems.NotFound(id).AsResult();
        }

        var (secret, kept) = ClientSecret.Make();
        if (!await grains.GetGrain<IClientGrain>(id).SetSecret(kept))
        {
            return ClientProblems.NoSecret(id).AsResult();
        }

        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(ClientDocument.Write(client, secret));
    }

    private static async Task<IResult> Delete(string id, IGrainFactory grains) =>
        ClientRules.IsId(id) && await grains.GetGrain<IClientGrain>(id).Delete() ? TypedResults.NoContent() : ClientProblems.NotFound(id).AsResult();
}

/// <summary>The JSON of all clients.</summary>
internal sealed record ClientListing(IReadOnlyList<ClientBody> Clients);
