using Gatehouse.Api.Routing;
using Gatehouse.Grains.Routing;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Api.Tests.Routing;

public sealed class CompiledRouteTests
{
    [Theory]
    [InlineData("", "", "/a/b", "/a/b")]
    [InlineData("/a", "", "/a/b", "/b")]
    [InlineData("/a", "", "/a", "/")]
    [InlineData("/a", "", "/a/", "/")]
    [InlineData("/a", "", "/ab", "/ab")]
    [InlineData("/a", "", "/A/b", "/A/b")]
    [InlineData("/a/b", "", "/a/b/c", "/c")]
    [InlineData("", "/v2", "/a", "/v2/a")]
    [InlineData("/a", "/v2", "/a/b", "/v2/b")]
    [InlineData("/a", "/v2", "/a", "/v2")]
    [InlineData("/a", "/v2", "/a/", "/v2/")]
    [InlineData("", "", "", "/")]
    public void PathRewrite_takes_whole_segments_off_and_puts_others_before(string remove, string add, string path, string expected) =>
        new PathRewrite(remove, add).Apply(new PathString(path)).Value.ShouldBe(expected);

    [Fact]
    public void Target_of_one_service_is_that_service() =>
        new CompiledTarget(new RouteTarget { Service = "books" }).Pick(new Random(1)).ShouldBe("BOOKS");

    [Fact]
    public void Target_of_a_split_keeps_to_the_weights()
    {
        var target = new CompiledTarget(new RouteTarget { Split = [Side("a", 900), Side("never", 0), Side("b", 100)] });
        var random = new Random(4711);

        var counts = Enumerable.Range(0, 100_000).Select(_ => target.Pick(random)).CountBy(name => name).ToDictionary();

        counts.Keys.ShouldBe(["A", "B"], ignoreOrder: true);
        counts["B"].ShouldBeInRange(9_500, 10_500);
    }

    private static SplitTarget Side(string service, int weight) => new() { Service = service, Weight = weight };
}
