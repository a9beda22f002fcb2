using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Gatehouse.Api.Auth.Sessions;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Identity.Revocations;
using Gatehouse.Grains.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Gatehouse.Api.Tests.Gateway.Auth;

/// <summary>The policy <c>auth</c> on a real listener, with a real service behind it that tells what it received.</summary>
public sealed class AuthStageTests : IAsyncLifetime
{
    private Upstream upstream = null!;
    private Front front = null!;
    private Dictionary<string, string> received = [];
    private int calls;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        upstream = await Upstream.Start(context =>
        {
            Interlocked.Increment(ref calls);
            received = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            return Task.CompletedTask;
        });
        front = await Front.Start(
            [
                Make.Route("/open/{**rest}"),
                Make.Route("/default/{**rest}") with { Auth = null },
                Make.Route("/optional/{**rest}") with { Auth = RouteAuth.IfPresented },
                Make.Route("/scoped/{**rest}") with { Auth = new RouteAuth { Scopes = ["books.read", "books.write"] } },
                Make.Route("/admin/{**rest}") with { Auth = new RouteAuth { Scopes = ["admin"] } },
                Make.Route("/roles/{**rest}") with { Auth = new RouteAuth { Roles = ["librarian", "member"] } },
                Make.Route("/librarians/{**rest}") with { Auth = new RouteAuth { Roles = ["librarian"] } },
                Make.Route("/shop/{**rest}") with { Auth = new RouteAuth { Clients = ["shop"] } },
                Make.Route("/other/{**rest}") with { Auth = new RouteAuth { Clients = ["other"] } },
                Make.Route("/passing/{**rest}") with { Auth = new RouteAuth { ForwardToken = true } },
            ],
            [Make.Entry("1", upstream.Address)]);
    }

    public async ValueTask DisposeAsync()
    {
        await front.DisposeAsync();
        await upstream.DisposeAsync();
    }

    [Fact]
    public async Task Route_that_says_nothing_wants_credentials()
    {
        using var response = await Get("/default/x");

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer realm=\"gatehouse\"");
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("urn:gatehouse:error:unauthorized");
        calls.ShouldBe(0);
        (await Get("/default/x", new TestToken())).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Get("/open/x")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("/scoped/x", HttpStatusCode.OK)]
    [InlineData("/admin/x", HttpStatusCode.Forbidden)]
    [InlineData("/roles/x", HttpStatusCode.OK)]
    [InlineData("/librarians/x", HttpStatusCode.Forbidden)]
    [InlineData("/shop/x", HttpStatusCode.OK)]
    [InlineData("/other/x", HttpStatusCode.Forbidden)]
    public async Task Route_lets_through_who_has_what_it_asks_for(string path, HttpStatusCode status)
    {
        using var response = await Get(path, new TestToken());

        response.StatusCode.ShouldBe(status);
        calls.ShouldBe(status == HttpStatusCode.OK ? 1 : 0);
        if (path == "/admin/x")
        {
            response.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer realm=\"gatehouse\", error=\"insufficient_scope\", scope=\"admin\"");
        }
    }

    [Theory]
    [InlineData("Bearer not-a-token")]
    [InlineData("Bearer ")]
    [InlineData("Basic YTpi")]
    [InlineData("Nonsense")]
    [InlineData("ApiKey nobody")]
    public async Task Credentials_that_are_none_are_refused(string authorization)
    {
        using var response = await Get("/default/x", configure: request => request.Headers.TryAddWithoutValidation("Authorization", authorization));

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        calls.ShouldBe(0);
    }

    [Fact]
    public async Task Optional_route_takes_nobody_and_refuses_bad_credentials()
    {
        (await Get("/optional/x")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Get("/optional/x", new TestToken())).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var response = await Get("/optional/x", configure: request => request.Headers.Add("X-API-Key", "none"));

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Two_credentials_are_refused()
    {
        var token = new TestToken();
        using var response = await Get("/default/x", token, request => request.Headers.Add("X-API-Key", "another"));

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Checklist04_a_revoked_token_is_refused_also_when_it_was_verified_before()
    {
        var token = new TestToken();
        (await Get("/default/x", token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Get("/default/x", token)).StatusCode.ShouldBe(HttpStatusCode.OK);

        front.Identity.Revoke(RevocationKey.Token(token.Id));

        using var response = await Get("/default/x", token);
        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.ToString().ShouldContain("invalid_token");
    }

    [Theory]
    [InlineData("s:session-1")]
    [InlineData("u:alice")]
    [InlineData("c:shop")]
    public async Task Checklist04_what_a_token_is_of_can_be_revoked(string key)
    {
        var token = new TestToken();
        (await Get("/default/x", token)).StatusCode.ShouldBe(HttpStatusCode.OK);

        front.Identity.Revoke(key);

        (await Get("/default/x", token)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Checklist04_without_a_lease_and_a_cluster_nothing_is_accepted()
    {
        var token = new TestToken();
        (await Get("/default/x", token)).StatusCode.ShouldBe(HttpStatusCode.OK);

        front.Identity.SetLeases(LeaseState.Stale);

        using var response = await Get("/default/x", token);
        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        response.Headers.RetryAfter.ShouldNotBeNull();
        calls.ShouldBe(1);
        front.Identity.SetLeases(LeaseState.Leased);
        (await Get("/default/x", token)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Checklist12_unknown_keys_are_refused_without_any_fetch()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var stranger = new TestKey("stranger", Grains.Identity.Keys.SigningAlgorithm.Es256);
        var token = new TestToken(stranger)
            .WithHeader("jku", $"http://{listener.LocalEndpoint}/jwks")
            .WithHeader("x5u", $"http://{listener.LocalEndpoint}/cert")
            .With("iss", $"http://{listener.LocalEndpoint}/");

        (await Get("/default/x", token)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        listener.Pending().ShouldBeFalse();
    }

    [Fact]
    public async Task Checklist15_a_token_that_is_remembered_ends_in_time()
    {
        var token = new TestToken().With("exp", DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 28);
        (await Get("/default/x", token)).StatusCode.ShouldBe(HttpStatusCode.OK);

        await Task.Delay(TimeSpan.FromSeconds(3), Cancel);

        (await Get("/default/x", token)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Identity_tells_the_service_who_calls()
    {
        var token = new TestToken();
        await Get("/default/x", token);

        var identity = received["Gatehouse-Identity"];
        var result = await new JsonWebTokenHandler().ValidateTokenAsync(identity, new TokenValidationParameters
        {
            ValidTypes = ["gatehouse-identity+jwt"],
            ValidIssuer = FakeIdentity.Issuer,
            ValidAudience = "gatehouse-services",
            IssuerSigningKey = FakeIdentity.Es.Public,
        });
        result.IsValid.ShouldBeTrue(result.Exception?.Message);
        var read = new JsonWebToken(identity);
        read.Subject.ShouldBe("alice");
        read.GetPayloadValue<string>("sid").ShouldBe("session-1");
        read.GetPayloadValue<string>("client_id").ShouldBe("shop");
        read.GetPayloadValue<string>("scope").ShouldBe("books.read books.write");
        read.GetPayloadValue<string[]>("roles").ShouldBe(["member"]);
        (read.ValidTo - DateTime.UtcNow).ShouldBeLessThanOrEqualTo(TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task Identity_is_minted_once_for_a_token()
    {
        var token = new TestToken();
        await Get("/default/x", token);
        var first = received["Gatehouse-Identity"];

        for (var i = 0; i < 10; i++)
        {
            await Get("/roles/x", token);
            received["Gatehouse-Identity"].ShouldBe(first);
        }

        await Get("/default/x", new TestToken());
        received["Gatehouse-Identity"].ShouldNotBe(first);
    }

    [Fact]
    public async Task Identity_is_no_access_token()
    {
        await Get("/default/x", new TestToken());

        using var response = await Get("/default/x", configure: request =>
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", received["Gatehouse-Identity"]));

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("/open/x")]
    [InlineData("/default/x")]
    public async Task Identity_of_a_client_never_reaches_a_service(string path)
    {
        await Get(path, new TestToken(), request => request.Headers.TryAddWithoutValidation("gatehouse-identity", "forged"));

        calls.ShouldBe(1);
        received.GetValueOrDefault("Gatehouse-Identity", "").ShouldNotContain("forged");
    }

    [Theory]
    [InlineData("/open/x", true)]
    [InlineData("/passing/x", true)]
    [InlineData("/default/x", false)]
    public async Task Token_ends_here_unless_the_route_says_otherwise(string path, bool goesOn)
    {
        await Get(path, new TestToken());

        received.ContainsKey("Authorization").ShouldBe(goesOn);
    }

    [Theory]
    [InlineData("/open/x")]
    [InlineData("/default/x")]
    public async Task Session_cookie_never_reaches_a_service(string path)
    {
        await Get(path, new TestToken(), request => request.Headers.Add("Cookie", $"a=1; {SessionCookie.Name}=secret; b=2"));

        received["Cookie"].ShouldBe("a=1; b=2");

        await Get(path, new TestToken(), request => request.Headers.Add("Cookie", $"{SessionCookie.Name}=secret"));
        received.ContainsKey("Cookie").ShouldBeFalse();
    }

    [Theory]
    [InlineData("POST", "Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [InlineData("POST", "Sec-Fetch-Site", "same-site", HttpStatusCode.Forbidden)]
    [InlineData("POST", "Sec-Fetch-Site", "none", HttpStatusCode.Forbidden)]
    [InlineData("POST", "Origin", "https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("POST", "Origin", "null", HttpStatusCode.Forbidden)]
    [InlineData("POST", "X", "nothing", HttpStatusCode.Forbidden)]
    [InlineData("POST", "Sec-Fetch-Site", "same-origin", HttpStatusCode.ServiceUnavailable)]
    [InlineData("GET", "Sec-Fetch-Site", "cross-site", HttpStatusCode.ServiceUnavailable)]
    public async Task Cookie_counts_only_where_a_page_of_this_site_asks(string method, string header, string value, HttpStatusCode status)
    {
        // There is no cluster here to ask for the session: 503 says that it was asked for.
        using var request = new HttpRequestMessage(new HttpMethod(method), "/default/x");
        request.Headers.Add("Cookie", $"{SessionCookie.Name}={SessionCookie.Create().Value}");
        request.Headers.Add(header, value);

        using var response = await front.Client.SendAsync(request, Cancel);

        response.StatusCode.ShouldBe(status);
        calls.ShouldBe(0);
    }

    private async Task<HttpResponseMessage> Get(string path, TestToken? token = null, Action<HttpRequestMessage>? configure = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.ToString());
        }

        configure?.Invoke(request);
        return await front.Client.SendAsync(request, Cancel);
    }
}
