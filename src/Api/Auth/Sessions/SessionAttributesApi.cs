using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Gatehouse.Api.Gateway.Auth;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Registry;
using Gatehouse.Grains.Identity.Sessions;
using Gatehouse.Grains.Identity.Sessions.Attributes;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Api.Auth.Sessions;

/// <summary>
/// What services keep in the session that they are called in, <c>/sessions/v1/current</c>. They name it by the
/// <c>Gatehouse-Identity</c> that they were called with.
/// </summary>
internal static class SessionAttributesApi
{
    public const string Path = "/sessions/v1/current";

    public static void MapSessionAttributes(this IEndpointRouteBuilder management)
    {
        var api = management.MapGroup(Path).WithTags("Sessions");
        api.MapGet("", Get)
            .WithSummary("The attributes of the session that the header Gatehouse-Identity names, a JSON object")
            .Produces<JsonElement>().Produces(StatusCodes.Status304NotModified).ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPut("", Put)
            .WithSummary("Replaces the session's attributes, those of the version that If-Match names")
            .Accepts<JsonElement>("application/json")
            .Produces<JsonElement>().ProducesProblem(StatusCodes.Status412PreconditionFailed).ProducesProblem(StatusCodes.Status428PreconditionRequired);
        api.MapPatch("", Patch)
            .WithSummary("Changes some of the session's attributes (JSON Merge Patch, RFC 7396); with If-Match, those of that version")
            .Accepts<JsonElement>("application/merge-patch+json")
            .Produces<JsonElement>().ProducesProblem(StatusCodes.Status412PreconditionFailed);
    }

    private static async Task<IResult> Get(HttpContext context, IdentityVerifier identities, IGrainFactory grains)
    {
        var (session, problem) = await Named(context, identities, grains);
        if (session is null)
        {
            return problem!.AsResult();
        }

        if (await session.Attributes() is not { } attributes)
        {
            return SessionProblems.Over.AsResult();
        }

        var tag = TagOf(attributes.Version);
        return context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(tag, useStrongComparison: false))
            ? new Answer(attributes, StatusCodes.Status304NotModified)
            : new Answer(attributes, StatusCodes.Status200OK);
    }

    private static async Task<IResult> Put(HttpContext context, IdentityVerifier identities, IGrainFactory grains, IOptions<UserSessionOptions> options)
    {
        var headers = context.Request.GetTypedHeaders();
        return headers switch
        {
            { IfMatch: [var only] } => await Change(context, identities, grains, options.Value, merge: false, only),
            { IfNoneMatch: [var none] } when none.Equals(EntityTagHeaderValue.Any) =>
                await Change(context, identities, grains, options.Value, merge: false, TagOf(SessionAttributes.None.Version)),
            _ => SessionProblems.NoPrecondition.AsResult(),
        };
    }

    private static Task<IResult> Patch(HttpContext context, IdentityVerifier identities, IGrainFactory grains, IOptions<UserSessionOptions> options) =>
        Change(context, identities, grains, options.Value, merge: true, context.Request.GetTypedHeaders().IfMatch is [var only] ? only : null);

    private static async Task<IResult> Change(
        HttpContext context, IdentityVerifier identities, IGrainFactory grains, UserSessionOptions options, bool merge, EntityTagHeaderValue? tag)
    {
        var (session, problem) = await Named(context, identities, grains);
        if (session is null)
        {
            return problem!.AsResult();
        }

        if (VersionOf(tag) is not { } expected)
        {
            return SessionProblems.Changed.AsResult();
        }

        (var document, problem) = await JsonBody.Read(context.Request, AttributesDocument.Read);
        if (document is null)
        {
            return problem!.AsResult();
        }

        return await session.ChangeAttributes(new AttributesChange(document.Json, merge, expected.Value)) switch
        {
            null => SessionProblems.Over.AsResult(),
            { Outcome: AttributesOutcome.Conflict } => SessionProblems.Changed.AsResult(),
            { Outcome: AttributesOutcome.TooLarge } => SessionProblems.TooLarge(options.MaxAttributes).AsResult(),
            { Attributes: var written } => new Answer(written, StatusCodes.Status200OK),
        };
    }

    private static async Task<(ISessionGrain? Session, Problem? Problem)> Named(HttpContext context, IdentityVerifier identities, IGrainFactory grains)
    {
        if (context.Request.Headers[IdentityIssuer.Header] is not [{ Length: > 0 } identity])
        {
            return (null, SessionProblems.NoIdentity);
        }

        return await identities.Verify(identity, context.RequestAborted) switch
        {
            { Refusal: Refusal.Unknown } => (null, AuthProblems.Of(Refusal.Unknown, Grains.Routing.RouteAuth.Authenticated)),
            { Named: null } => (null, SessionProblems.BadIdentity),
            { Named.SessionId: { } id } => (grains.GetGrain<ISessionGrain>(id), null),
            _ => (null, SessionProblems.NoSession),
        };
    }

    private static EntityTagHeaderValue TagOf(long version) => new($"\"{version.ToString(CultureInfo.InvariantCulture)}\"");

    /// <summary>The version that a tag stands for, null in it for any; null when it stands for none there ever was.</summary>
    private static Expected? VersionOf(EntityTagHeaderValue? tag)
    {
        if (tag is null || tag.Equals(EntityTagHeaderValue.Any))
        {
            return new Expected(null);
        }

        return !tag.IsWeak && long.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? new Expected(version)
            : null;
    }

    private readonly record struct Expected(long? Value);

    /// <summary>Attributes with their tag.</summary>
    private sealed class Answer(SessionAttributes attributes, int status) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = status;
            response.GetTypedHeaders().ETag = TagOf(attributes.Version);
            response.Headers.CacheControl = "no-store";
            if (status == StatusCodes.Status304NotModified)
            {
                return Task.CompletedTask;
            }

            response.ContentType = "application/json";
            response.ContentLength = attributes.Json.Length;
            return response.Body.WriteAsync(attributes.Json.AsMemory(), httpContext.RequestAborted).AsTask();
        }
    }
}

/// <summary>The JSON of attributes as a service sends it.</summary>
internal sealed record AttributesDocument(ImmutableArray<byte> Json)
{
    public static (AttributesDocument?, Problem?) Read(JsonElement body) => body.ValueKind == JsonValueKind.Object
        ? (new AttributesDocument([.. JsonSerializer.SerializeToUtf8Bytes(body)]), null)
        : (null, SessionProblems.NoObject);
}
