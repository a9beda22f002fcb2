using CsCheck;
using Gatehouse.Api.Gateway.Forwarding;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Api.Tests.Gateway.Forwarding;

public sealed class TargetPathTests
{
    [Theory]
    [InlineData("/books", "", "/books/7?x=1", "/7?x=1", "/books")]
    [InlineData("/books", "", "/books", "/", "/books")]
    [InlineData("/books", "", "/books?x=/y", "/?x=/y", "/books")]
    [InlineData("/books", "", "/books/", "/", "/books")]
    [InlineData("/books", "", "/booksellers/7", "/booksellers/7", "")]
    [InlineData("/books", "", "/Books/7", "/Books/7", "")]
    [InlineData("/books", "", "/b%6Foks/7", "/7", "/b%6Foks")]
    [InlineData("/books", "", "/books//7", "//7", "/books")]
    [InlineData("/a/b", "", "/a/b/c%2Fd", "/c%2Fd", "/a/b")]
    [InlineData("/a/b", "/v1", "/a/b", "/v1", "/a/b")]
    [InlineData("", "/v1/x y", "/a?b", "/v1/x%20y/a?b", "")]
    [InlineData("/a", "/b", "/a/c", "/b/c", "/a")]
    public void Prefixes_are_taken_off_and_put_before(string remove, string add, string target, string sent, string removed)
    {
        var decoded = new PathString(Uri.UnescapeDataString(target.Split('?')[0].Replace("%2F", "%252F", StringComparison.Ordinal)));

        var uri = new TargetPath(remove, add).Rewrite("http://h:1", decoded, target, out var prefix);

        uri.PathAndQuery.ShouldBe(sent);
        prefix.ShouldBe(removed);
    }

    [Fact]
    public void Path_that_is_kept_goes_on_letter_by_letter()
    {
        const string Alphabet = "/aZ09-._~!$&'()*+,;=:@%{}|^\"<>[]`";
        Gen.Char[Alphabet].Array[0, 40].Select(chars => "/" + new string(chars)).Sample(target =>
            new TargetPath("", "").Rewrite("http://h:1", new PathString("/x"), target, out _).PathAndQuery.ShouldBe(target));
    }
}
