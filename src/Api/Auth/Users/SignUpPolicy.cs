using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Auth.Users;

/// <summary>Whether anybody may sign up.</summary>
internal sealed class SignUpPolicy(IOptions<AccountOptions> options, GatehouseOptions gatehouse)
{
    public bool Allowed => options.Value.SignUp ?? gatehouse.Embedded;
}
