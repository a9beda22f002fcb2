using System.Net;
using Gatehouse.Api.Gateway;
using Gatehouse.Api.Gateway.Auth;
using Gatehouse.Api.Gateway.Limits;
using Gatehouse.Grains.Routing.Policies;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Api.Tests.Gateway.Limits;

public sealed class LimitSubjectsTests
{
    private static readonly LimitSubjects Subjects = new(Make.Peers());

    [Theory]
    [InlineData(LimitSubject.Consumer, "user:ann", "10.0.0.1")]
    [InlineData(LimitSubject.Client, "client:app", "10.0.0.1")]
    [InlineData(LimitSubject.Address, "10.0.0.1", "10.0.0.1")]
    [InlineData(LimitSubject.Route, "", "")]
    public void Of_a_caller_and_of_a_stranger(LimitSubject by, string caller, string stranger)
    {
        var limit = new RouteLimit { Permits = 1, By = by };

        Subjects.Of(limit, Call(identified: true)).ShouldBe(caller);
        Subjects.Of(limit, Call(identified: false)).ShouldBe(stranger);
    }

    [Theory]
    [InlineData(LimitSubject.Consumer)]
    [InlineData(LimitSubject.Client)]
    [InlineData(LimitSubject.Address)]
    public void Of_one_known_already_allocates_nothing(LimitSubject by)
    {
        var limit = new RouteLimit { Permits = 1, By = by };
        var call = Call(identified: true);
        Subjects.Of(limit, call);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            Subjects.Of(limit, call);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static GatewayCall Call(bool identified)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse("10.0.0.1");
        var call = Make.Call(context);
        call.Caller = identified ? new Caller { Subject = "ann", ClientId = "app", Kind = CredentialKind.Bearer } : null;
        return call;
    }
}
