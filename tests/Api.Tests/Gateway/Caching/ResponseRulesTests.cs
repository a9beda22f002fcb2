using Gatehouse.Api.Gateway.Caching;
using Gatehouse.Api.Routing;
using Gatehouse.Grains.Routing.Policies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Api.Tests.Gateway.Caching;

/// <summary>What becomes of a stored response when its service says that it is still right (RFC 9111, 4.3.4).</summary>
public sealed class ResponseRulesTests
{
    private readonly ResponseRules rules = new(new CompiledRoute(Make.Route("/{**rest}")), new RouteCache(), new FakeTimeProvider(DateTimeOffset.UtcNow));

    [Fact]
    public void Freshen_renewsAllThatHeadersSay()
    {
        var stored = Store();

        var fresh = Freshen(stored, personal: false, out var keep, ("Cache-Control", "max-age=30"), ("ETag", "W/\"v1\""), ("Last-Modified", "Tue, 02 Jan 2024 00:00:00 GMT"), ("Cache-Tag", "new"), ("Vary", "Accept-Language"));

        keep.ShouldBeTrue();
        (stored.Shared, fresh.Shared).ShouldBe((true, false));
        fresh.Lifetime.ShouldBe(TimeSpan.FromSeconds(30));
        fresh.ETag.ShouldBe("W/\"v1\"");
        fresh.LastModified.ShouldBe("Tue, 02 Jan 2024 00:00:00 GMT");
        fresh.Tags.ShouldBe(["new"]);
        fresh.Vary.ShouldBe([("Accept-Language", "de")]);
    }

    [Fact]
    public void Freshen_byA304ThatSaysNothing_leavesItAsItWas()
    {
        var stored = Store();

        var fresh = Freshen(stored, personal: false, out var keep);

        keep.ShouldBeTrue();
        (fresh.Shared, fresh.ETag, fresh.LastModified).ShouldBe((true, "\"v1\"", stored.LastModified));
        fresh.Tags.ShouldBe(stored.Tags);
        fresh.Replaces(stored).ShouldBeTrue();
    }

    [Theory]
    [InlineData(true, "Cache-Control", "max-age=30", false)]
    [InlineData(true, "Cache-Control", "public, max-age=30", true)]
    [InlineData(false, "Cache-Control", "private", false)]
    [InlineData(false, "Cache-Control", "no-store", false)]
    [InlineData(false, "Set-Cookie", "a=b", false)]
    [InlineData(false, "Vary", "*", false)]
    [InlineData(false, "ETag", "\"v2\"", false)]
    [InlineData(false, "ETag", "W/\"v1\"", true)]
    public void Freshen_keepsWhatMayBeKept(bool personal, string name, string value, bool kept)
    {
        Freshen(Store(), personal, out var keep, (name, value));

        keep.ShouldBe(kept);
    }

    private StoredResponse Store()
    {
        var context = Context(("Cache-Control", "public, max-age=60"), ("ETag", "\"v1\""), ("Last-Modified", "Mon, 01 Jan 2024 00:00:00 GMT"), ("Cache-Tag", "old"));
        return rules.TryMake(context, Question(personal: false), TimeSpan.Zero).ShouldNotBeNull();
    }

    private StoredResponse Freshen(StoredResponse stored, bool personal, out bool keep, params (string Name, string Value)[] headers) =>
        rules.Freshen(stored, Context(headers), Question(personal), TimeSpan.Zero, out keep);

    private static CacheQuestion Question(bool personal) =>
        new(new CachePlace("http://localhost/a", "localhost", "/a"), null, default, personal, 0, 0);

    private static DefaultHttpContext Context(params (string Name, string Value)[] headers)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = HttpMethods.Get;
        context.Request.Headers.AcceptLanguage = "de";
        foreach (var (name, value) in headers)
        {
            context.Response.Headers[name] = value;
        }

        return context;
    }
}
