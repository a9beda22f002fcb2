using System.Net;
using Gatehouse.Api.Gateway.Auth;
using Gatehouse.Api.Gateway.Balancing;
using Gatehouse.Grains.Routing.Policies;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Api.Tests.Gateway.Balancing;

public sealed class CallHashTests
{
    [Theory]
    [InlineData(RequestKeyKind.Consumer, "", true)]
    [InlineData(RequestKeyKind.Client, "", false)]
    [InlineData(RequestKeyKind.Header, "X-Tenant", false)]
    [InlineData(RequestKeyKind.Cookie, "shop", false)]
    [InlineData(RequestKeyKind.Address, "", false)]
    public void Same_key_has_the_same_hash_whatever_else_differs(RequestKeyKind by, string name, bool differs)
    {
        var hash = new CallHash(new RequestKey { By = by, Name = name }, Make.Peers());

        var one = hash.Of(Call("ann", "10.0.0.1", agent: "a"));
        hash.Of(Call("ann", "10.0.0.1", agent: "b")).ShouldBe(one);
        (hash.Of(Call("bob", "10.0.0.1", agent: "a")) != one).ShouldBe(differs);
    }

    [Fact]
    public void Without_a_key_the_address_counts()
    {
        var hash = new CallHash(new RequestKey { By = RequestKeyKind.Header, Name = "X-None" }, Make.Peers());

        hash.Of(Call("ann", "10.0.0.1")).ShouldBe(hash.Of(Call("bob", "10.0.0.1")));
        hash.Of(Call("ann", "10.0.0.1")).ShouldNotBe(hash.Of(Call("ann", "10.0.0.2")));
    }

    [Fact]
    public void Address_of_IPv6_counts_by_its_network_and_a_mapped_one_as_IPv4()
    {
        var hash = new CallHash(new RequestKey(), Make.Peers());

        hash.Of(Call("ann", "2001:db8::1")).ShouldBe(hash.Of(Call("ann", "2001:db8::2")));
        hash.Of(Call("ann", "2001:db8::1")).ShouldNotBe(hash.Of(Call("ann", "2001:db8:0:1::1")));
        hash.Of(Call("ann", "::ffff:10.0.0.1")).ShouldBe(hash.Of(Call("ann", "10.0.0.1")));
    }

    private static Api.Gateway.GatewayCall Call(string user, string address, string agent = "")
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        context.Request.Headers.UserAgent = agent;
        context.Request.Headers["X-Tenant"] = "t";
        context.Request.Headers.Cookie = "shop=1";
        var call = Make.Call(context);
        call.Caller = new Caller { Subject = user, Kind = CredentialKind.Bearer, ClientId = "app" };
        return call;
    }
}
