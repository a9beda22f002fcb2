using Gatehouse.Grains.Routing;

namespace Gatehouse.Grains.Tests.Routing;

public sealed class PathPatternTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("/{**rest}", "/{**}")]
    [InlineData("/books/{id}", "/books/{}")]
    [InlineData("/books/{other-id}/x/{**r_1}", "/books/{}/x/{**}")]
    [InlineData("/büch er/~a.b;c=1", "/büch er/~a.b;c=1")]
    public void TryParse_of_a_path_reads_its_shape(string path, string shape)
    {
        PathPattern.TryParse(path, out var pattern, out _).ShouldBeTrue();

        pattern.Shape.ShouldBe(shape);
    }

    [Theory]
    [InlineData("", "must not be empty")]
    [InlineData("books", "must start with '/'")]
    [InlineData("/books/", "must not end with '/'")]
    [InlineData("//", "must not end with '/'")]
    [InlineData("/a//b", "empty segment")]
    [InlineData("/a/../b", "'..'")]
    [InlineData("/./b", "'.'")]
    [InlineData("/books/*", "{**rest}")]
    [InlineData("/books/{}", "'{}'")]
    [InlineData("/books/{*rest}", "'{*rest}'")]
    [InlineData("/books/{**}", "'{**}'")]
    [InlineData("/books/x{id}", "a parameter is a whole segment")]
    [InlineData("/books/{id}x", "a parameter is a whole segment")]
    [InlineData("/books/{a b}", "'{a b}'")]
    [InlineData("/{**rest}/x", "must not go on after '{**rest}'")]
    [InlineData("/{a}/{a}", "the parameter 'a' twice")]
    [InlineData("/{a}/{**a}", "the parameter 'a' twice")]
    [InlineData("/a%20b", "'%'")]
    [InlineData("/a?x=1", "'?'")]
    [InlineData("/a#x", "'#'")]
    [InlineData("/a\\b", "'\\'")]
    [InlineData("/a\u0000b", "control characters")]
    [InlineData("/a\nb", "control characters")]
    public void TryParse_of_a_wrong_path_says_what_is_wrong(string path, string expected)
    {
        PathPattern.TryParse(path, out _, out var error).ShouldBeFalse();

        error.ShouldContain(expected);
    }

    [Fact]
    public void TryParse_refuses_half_of_a_character() =>
        PathPattern.TryParse("/\ud800", out _, out _).ShouldBeFalse();

    [Fact]
    public void TryParse_keeps_to_the_limits()
    {
        PathPattern.TryParse("/" + new string('a', PathPattern.MaxLength - 1), out _, out _).ShouldBeTrue();
        PathPattern.TryParse("/" + new string('a', PathPattern.MaxLength), out _, out _).ShouldBeFalse();
        PathPattern.TryParse(string.Concat(Enumerable.Repeat("/a", PathPattern.MaxSegments)), out _, out _).ShouldBeTrue();
        PathPattern.TryParse(string.Concat(Enumerable.Repeat("/a", PathPattern.MaxSegments + 1)), out _, out _).ShouldBeFalse();
    }
}
