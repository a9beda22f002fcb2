using System.Buffers.Text;
using Gatehouse.Api.Auth.Sessions;

namespace Gatehouse.Api.Tests.Auth.Sessions;

public sealed class SessionCookieTests
{
    [Fact]
    public void Checklist1_handles_are_256_random_bits_and_ids_128()
    {
        var cookies = Enumerable.Range(0, 1000).Select(_ => SessionCookie.Create()).ToArray();

        cookies.Select(cookie => cookie.Value).Distinct().Count().ShouldBe(1000);
        cookies.Select(cookie => cookie.SessionId).Distinct().Count().ShouldBe(1000);
        Base64Url.DecodeFromChars(cookies[0].SessionId).Length.ShouldBe(16);
        Base64Url.DecodeFromChars(cookies[0].Value.Split('.')[1]).Length.ShouldBe(32);
    }

    [Fact]
    public void TryParse_reads_what_was_created()
    {
        var cookie = SessionCookie.Create();

        SessionCookie.TryParse(cookie.Value, out var read).ShouldBeTrue();

        read.SessionId.ShouldBe(cookie.SessionId);
        read.Hash.ShouldBe(cookie.Hash);
    }

    [Fact]
    public void Renew_keeps_the_session_and_changes_the_handle()
    {
        var cookie = SessionCookie.Create();

        cookie.Renew().SessionId.ShouldBe(cookie.SessionId);
        cookie.Renew().Hash.ShouldNotBe(cookie.Hash);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("short.short")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA!")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAA/.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void TryParse_refuses_what_is_no_cookie(string? value) => SessionCookie.TryParse(value, out _).ShouldBeFalse();
}
