using System.Security.Cryptography;
using System.Text;
using Gatehouse.Api.Auth.Users;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Tests.Auth.Users;

public sealed class PasswordRulesTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    [Theory]
    [InlineData("violet tractor seldom hums")]
    [InlineData("zlqkfjvw")]
    [InlineData("пароль из семи слов")]
    public void Checklist26_any_characters_do(string password) => Rules().Refuse(password).ShouldBeNull();

    [Fact]
    public void Checklist26_64_characters_and_more_are_taken_whole()
    {
        var text = "correct horse battery staple and some more of the same kind, twice over";
        Rules().Refuse(text).ShouldBeNull();
        Rules().Refuse(new string([.. Enumerable.Range(0, 256).Select(i => (char)('a' + (i * 7 % 26)))])).ShouldBeNull();
        Rules().Refuse(new string('x', 257)).ShouldNotBeNull();
    }

    [Fact]
    public void Checklist26_fewer_than_8_characters_are_not() => Rules().Refuse("zlqkfjv").ShouldNotBeNull();

    // Out of the most common ones, those long enough.
    [Theory]
    [InlineData("12345678")]
    [InlineData("password")]
    [InlineData("Password1")]
    [InlineData("iloveyou")]
    [InlineData("sunshine")]
    [InlineData("princess")]
    [InlineData("football")]
    [InlineData("trustno1")]
    [InlineData("baseball")]
    [InlineData("superman")]
    [InlineData("qwertyuiop")]
    [InlineData("p@ssw0rd")]
    [InlineData("aaaaaaaa")]
    [InlineData("abcdefgh")]
    public void Checklist26_what_is_guessed_first_is_refused(string password) => Rules().Refuse(password).ShouldNotBeNull();

    [Fact]
    public void Checklist26_the_users_own_name_is_refused() => Rules().Refuse("meinhardt", "meinhardt@example.com").ShouldNotBeNull();

    [Fact]
    public void Checklist26_breached_passwords_are_refused()
    {
        var breached = Enumerable.Range(0, 1000).Select(i => $"breached password {i}").ToArray();
        File.WriteAllLines(file, breached.Select(Hash).Order(StringComparer.Ordinal).Select((hash, i) => $"{hash}:{i + 1}"));
        var rules = Rules(file);

        breached.ShouldAllBe(password => rules.Refuse(password) != null);
        Enumerable.Range(0, 1000).ShouldAllBe(i => rules.Refuse($"unheard-of password {i}") == null);
    }

    [Fact]
    public void An_empty_file_of_breached_passwords_refuses_none() => Rules(file).Refuse("zlqkfjvw").ShouldBeNull();

    private static PasswordRules Rules(string? breached = null) =>
        new(new BreachedPasswords(Options.Create(new AccountOptions { BreachedPasswordsFile = breached })));

    // What lists of breached passwords are published as; nothing is protected by it.
#pragma warning disable CA5350, S4790
    private static string Hash(string password) => Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(password)));
#pragma warning restore CA5350, S4790
}
