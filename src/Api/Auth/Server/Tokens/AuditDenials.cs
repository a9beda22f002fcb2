using Gatehouse.Api.Problems;
using Gatehouse.Grains.Audit;
using Microsoft.AspNetCore;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Gatehouse.Api.Auth.Server.Tokens;

/// <summary>Records that a client could not prove who it is.</summary>
internal sealed class AuditDenials(IAuditTrail audit) : IOpenIddictServerHandler<ApplyTokenResponseContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor.CreateBuilder<ApplyTokenResponseContext>()
            .UseSingletonHandler<AuditDenials>()
            .SetOrder(int.MinValue)
            .Build();

    public ValueTask HandleAsync(ApplyTokenResponseContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Response.Error == Errors.InvalidClient)
        {
            var http = context.Transaction.GetHttpRequest()?.HttpContext;
            audit.Record(new AuditEvent
            {
                Type = "client.denied",
                Actor = "anonymous",
                // What was claimed, and only as much of it as a client id can be.
                Target = context.Request?.ClientId is { Length: <= 64 } id ? $"client:{id}" : "",
                Outcome = AuditOutcome.Denied,
                Address = http?.Connection.RemoteIpAddress?.ToString() ?? "",
                TraceId = http is null ? "" : Problem.TraceIdOf(http),
            });
        }

        return ValueTask.CompletedTask;
    }
}
