using System.Security.Claims;
using Gatehouse.Api.Gateway;
using Gatehouse.Api.Routing;

namespace Gatehouse.Api.Tests.Lending;

/// <summary>Stands in for the gateway's authentication: who calls is what the request says.</summary>
internal sealed class TestIdentity : IStage
{
    public const string Subject = "Test-Subject";
    public const string Role = "Test-Role";

    public GatewayStep Build(CompiledRoute route, GatewayStep next) => call =>
    {
        if (call.Context.Request.Headers[Subject] is [{ } subject])
        {
            var role = call.Context.Request.Headers[Role].ToString();
            call.Context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", subject), new Claim("role", role)], "test"));
        }

        return next(call);
    };
}
