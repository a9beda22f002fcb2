using System.Net;
using Gatehouse.Api.Gateway.Affinity;
using Gatehouse.Api.Tests.Gateway.Circuits;
using Gatehouse.Grains.Registry;
using Gatehouse.Grains.Resilience.Circuits;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Gateway.Affinity;

public sealed class AffinityTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    // Cookies are the test's own business.
    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseCookies = false, UseProxy = false });

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Client_stays_with_its_instance_at_every_front_door()
    {
        await using var one = await Named("one");
        await using var other = await Named("other");
        var instances = new[] { Make.Entry("1", one.Address), Make.Entry("2", other.Address) };
        await using var front = await Start(instances);
        await using var second = await Start(instances);

        var (body, cookie) = await Get(front);
        cookie.ShouldNotBeNull();
        for (var i = 0; i < 10; i++)
        {
            var (again, set) = await Get(i % 2 == 0 ? front : second, cookie);
            (again, set).ShouldBe((body, null));
        }
    }

    [Fact]
    public async Task Cookie_is_safe_and_only_of_the_route()
    {
        await using var one = await Named("one");
        await using var front = await Start([Make.Entry("secret-host:8080", one.Address)], new RouteAffinity { Lifetime = TimeSpan.FromHours(1) });

        using var answer = await Client.GetAsync(new Uri(front.Url, "/shop/a"), Cancel);

        var cookie = answer.Headers.GetValues("Set-Cookie").Single();
        cookie.ShouldMatch("^gh-affinity=[A-Za-z0-9_-]{22}; max-age=3600; path=/shop; samesite=lax; httponly$");
    }

    [Fact]
    public async Task Instance_that_is_gone_or_does_not_answer_is_replaced()
    {
        await using var one = await Named("one");
        await using var other = await Named("other");
        await using var front = await Start([Make.Entry("1", one.Address), Make.Entry("2", other.Address)]);
        var (body, cookie) = await Get(front);

        front.Registry.Current = Make.Registry(body == "one" ? Make.Entry("2", other.Address) : Make.Entry("1", one.Address));
        var (moved, set) = await Get(front, cookie);

        moved.ShouldNotBe(body);
        set.ShouldNotBeNull();
        (await Get(front, set)).ShouldBe((moved, null));
    }

    [Fact]
    public async Task Instance_whose_circuit_is_open_is_replaced()
    {
        await using var one = await Named("one");
        await using var other = await Named("other");
        var circuits = new LocalCircuits();
        var route = Make.Route("/shop/{**rest}") with { Affinity = new RouteAffinity() };
        await using var front = await Front.Start([route], [Make.Entry("1", one.Address), Make.Entry("2", other.Address)], circuits: circuits);
        front.Services.GetRequiredService<AffinityTokens>().Key = Key;
        var (body, cookie) = await Get(front);

        await circuits.Of("BOOKS").Force(body == "one" ? "1" : "2", CircuitMode.ForcedOpen, "tried");
        var (moved, set) = await Get(front, cookie);

        moved.ShouldNotBe(body);
        set.ShouldNotBeNull();
        (await Get(front, set)).ShouldBe((moved, null));
    }

    [Theory]
    [InlineData("gh-affinity=2")]
    [InlineData("gh-affinity=AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("gh-affinity=")]
    public async Task Forged_cookie_chooses_nothing(string forged)
    {
        await using var one = await Named("one");
        await using var other = await Named("other");
        await using var front = await Start([Make.Entry("1", one.Address), Make.Entry("2", other.Address)]);

        var first = await Get(front, forged);
        var second = await Get(front, forged);

        first.Body.ShouldNotBe(second.Body);
        first.Cookie.ShouldNotBeNull();
    }

    [Fact]
    public async Task Cookie_of_another_key_chooses_nothing()
    {
        await using var one = await Named("one");
        var instances = new[] { Make.Entry("1", one.Address) };
        await using var front = await Start(instances);
        await using var stranger = await Start(instances, key: new byte[32]);

        var (_, cookie) = await Get(stranger);

        (await Get(front, cookie)).Cookie.ShouldNotBeNull();
    }

    [Fact]
    public async Task Client_stays_on_its_side_of_a_split()
    {
        await using var one = await Named("one");
        await using var other = await Named("other");
        var route = Make.Route("/shop/{**rest}") with
        {
            Affinity = new RouteAffinity(),
            To = new RouteTarget { Split = [new SplitTarget { Service = "a", Weight = 1 }, new SplitTarget { Service = "b", Weight = 1 }] },
        };
        await using var front = await Front.Start([route], [Make.Entry("1", one.Address, "A"), Make.Entry("1", other.Address, "B")]);
        front.Services.GetRequiredService<AffinityTokens>().Key = Key;

        var (body, cookie) = await Get(front);
        for (var i = 0; i < 20; i++)
        {
            (await Get(front, cookie)).ShouldBe((body, null));
        }
    }

    [Fact]
    public async Task Without_a_key_requests_go_by_the_rule()
    {
        await using var one = await Named("one");
        await using var front = await Start([Make.Entry("1", one.Address)], key: null);

        (await Get(front)).ShouldBe(("one", null));
    }

    private static Task<Upstream> Named(string name) => Upstream.Start(context => context.Response.WriteAsync(name, Cancel));

    private static Task<Front> Start(Instance[] instances, RouteAffinity? affinity = null) => Start(instances, Key, affinity);

    private static async Task<Front> Start(Instance[] instances, byte[]? key, RouteAffinity? affinity = null)
    {
        var front = await Front.Start([Make.Route("/shop/{**rest}") with { Affinity = affinity ?? new RouteAffinity() }], instances);
        front.Services.GetRequiredService<AffinityTokens>().Key = key;
        return front;
    }

    private static async Task<(string Body, string? Cookie)> Get(Front front, string? cookie = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(front.Url, "/shop/a"));
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        using var answer = await Client.SendAsync(request, Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var set = answer.Headers.TryGetValues("Set-Cookie", out var values) ? values.Single().Split(';')[0] : null;
        return (await answer.Content.ReadAsStringAsync(Cancel), set);
    }
}
