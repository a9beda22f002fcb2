using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Api.Auth;
using Gatehouse.Api.Gateway.Auth;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Identity.Keys;
using Gatehouse.Grains.Identity.Revocations;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Api.Tests.Gateway.Auth;

/// <summary>The numbers are those of the list of what must hold (OWASP ASVS 5.0).</summary>
public sealed class TokenVerifierTests
{
    private readonly FakeTimeProvider time = new(DateTimeOffset.UtcNow);
    private readonly FakeIdentity identity = new();
    private readonly TokenVerifier verifier;

    public TokenVerifierTests()
    {
        var options = Options.Create(new AuthOptions());
        verifier = new TokenVerifier(identity.Keys, new TokenIssuer(options, () => new Uri(FakeIdentity.Issuer)), options, time);
    }

    public static TheoryData<SigningAlgorithm> Algorithms => [.. Enum.GetValues<SigningAlgorithm>()];

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task Verify_takes_a_token_of_the_cluster_with_all_it_says(SigningAlgorithm algorithm)
    {
        var token = new TestToken(KeyOf(algorithm));

        var credential = (await Verify(token)).Credential.ShouldNotBeNull();

        var caller = credential.Caller;
        caller.Subject.ShouldBe("alice");
        caller.SessionId.ShouldBe("session-1");
        caller.ClientId.ShouldBe("shop");
        caller.Scopes.ShouldBe(["books.read", "books.write"], ignoreOrder: true);
        caller.Roles.ShouldBe(["member"]);
        credential.Marks.Select(mark => mark.Key).ShouldBe(
            [RevocationKey.Token(token.Id), RevocationKey.Session("session-1"), RevocationKey.Client("shop"), RevocationKey.User("alice"), RevocationKey.Grant("alice", "shop")],
            ignoreOrder: true);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("")]
    public async Task Checklist11_unsigned_tokens_are_refused(string algorithm)
    {
        var token = new TestToken().WithHeader("alg", algorithm);
        var text = token.ToString();

        await ShouldRefuse(text);
        await ShouldRefuse(text[..(text.LastIndexOf('.') + 1)]);
    }

    [Theory]
    [InlineData("HS256")]
    [InlineData("RS512")]
    [InlineData("PS256")]
    [InlineData("ES384")]
    [InlineData("EdDSA")]
    public async Task Checklist11_algorithms_that_are_not_allowed_are_refused(string algorithm)
    {
        await ShouldRefuse(new TestToken().WithHeader("alg", algorithm));
        await ShouldRefuse(new TestToken(FakeIdentity.Rs).WithHeader("alg", algorithm));
    }

    [Fact]
    public async Task Checklist11_a_public_key_is_no_shared_secret()
    {
        var token = new TestToken(FakeIdentity.Rs).WithHeader("alg", "HS256");

        await ShouldRefuse(TestKey.Compose(
            token.Header.ToJsonString(), token.Payload.ToJsonString(), bytes => HMACSHA256.HashData(FakeIdentity.Rs.PublicBytes, bytes)));
    }

    [Fact]
    public async Task Checklist11_one_keys_algorithm_is_not_anothers()
    {
        await ShouldRefuse(new TestToken(FakeIdentity.Es).WithHeader("alg", "RS256"));
        await ShouldRefuse(new TestToken(FakeIdentity.Es).WithHeader("kid", FakeIdentity.Rs.Id));
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("ES-1")]
    [InlineData("")]
    [InlineData("../../etc/passwd")]
    [InlineData("es-1' OR '1'='1")]
    [InlineData("http://127.0.0.1:1/jwks")]
    public async Task Checklist12_only_known_keys_count(string kid) => await ShouldRefuse(new TestToken().WithHeader("kid", kid));

    [Fact]
    public async Task Checklist12_a_token_without_kid_is_refused() => await ShouldRefuse(new TestToken().WithHeader("kid", null));

    [Fact]
    public async Task Checklist12_keys_that_a_token_brings_along_are_ignored()
    {
        // Signed by a stranger who says where the key is, under a kid of the cluster's.
        var stranger = new TestKey(FakeIdentity.Es.Id, SigningAlgorithm.Es256);
        var ec = stranger.Public;
        ec.ShouldNotBeNull();
        foreach (var (name, value) in ((string, JsonNode)[])
        [
            ("jku", "http://127.0.0.1:1/jwks"),
            ("x5u", "http://127.0.0.1:1/cert"),
            ("x5c", new JsonArray(Convert.ToBase64String(stranger.PublicBytes))),
            ("jwk", Jwk(stranger)),
        ])
        {
            await ShouldRefuse(new TestToken(stranger).WithHeader(name, value));
        }
    }

    [Fact]
    public async Task Checklist12_a_key_that_was_taken_out_counts_no_more()
    {
        var token = new TestToken();
        var credential = (await Verify(token)).Credential.ShouldNotBeNull();

        identity.Keys.Current = FakeIdentity.Ring(FakeIdentity.Rs);

        await ShouldRefuse(token);
        (await credential.Stands(TestContext.Current.CancellationToken)).ShouldBe(Api.Auth.Revocations.RevocationVerdict.Revoked);
    }

    [Theory]
    [InlineData("JWT")]
    [InlineData("id_token+jwt")]
    [InlineData("rt+jwt")]
    [InlineData("logout+jwt")]
    [InlineData("gatehouse-identity+jwt")]
    [InlineData("AT+JWT")]
    [InlineData("at+jwt ")]
    [InlineData("")]
    [InlineData(null)]
    public async Task Checklist13_other_types_of_tokens_are_refused(string? type) => await ShouldRefuse(new TestToken().WithHeader("typ", type));

    [Theory]
    [InlineData("https://auth.example")]
    [InlineData("https://auth.example//")]
    [InlineData("https://AUTH.example/")]
    [InlineData("https://auth.example.evil.example/")]
    [InlineData("")]
    [InlineData(null)]
    public async Task Checklist14_the_issuer_is_compared_exactly(string? issuer) => await ShouldRefuse(new TestToken().With("iss", issuer));

    [Theory]
    [InlineData("gatehouse/")]
    [InlineData("Gatehouse")]
    [InlineData("gatehouse-services")]
    [InlineData("gate")]
    [InlineData("")]
    [InlineData(null)]
    public async Task Checklist14_the_audience_is_compared_exactly(string? audience) => await ShouldRefuse(new TestToken().With("aud", audience));

    [Fact]
    public async Task Checklist14_the_audience_may_be_one_of_several() =>
        (await Verify(new TestToken().With("aud", new JsonArray("other", "gatehouse")))).Credential.ShouldNotBeNull();

    [Fact]
    public async Task Checklist15_tokens_end_with_at_most_30_seconds_for_clocks()
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        (await Verify(new TestToken().With("exp", now - 28))).Credential.ShouldNotBeNull();
        await ShouldRefuse(new TestToken().With("exp", now - 31));
        await ShouldRefuse(new TestToken().With("exp", null));
        await ShouldRefuse(new TestToken().With("exp", "soon"));
    }

    [Fact]
    public async Task Checklist15_tokens_begin_with_at_most_30_seconds_for_clocks()
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        (await Verify(new TestToken().With("nbf", now + 28))).Credential.ShouldNotBeNull();
        await ShouldRefuse(new TestToken().With("nbf", now + 32));
    }

    [Fact]
    public async Task Checklist15_what_is_remembered_ends_as_well()
    {
        var expires = time.GetUtcNow().ToUnixTimeSeconds() + 60;

        (await Verify(new TestToken().With("exp", expires))).Credential.ShouldNotBeNull().Until.ShouldBeLessThanOrEqualTo(expires + 30);
    }

    [Fact]
    public async Task A_changed_token_is_refused()
    {
        var text = new TestToken().ToString();
        var parts = text.Split('.');
        var forged = parts[1][..^2] + (parts[1][^2] == 'A' ? 'B' : 'A') + parts[1][^1];

        await ShouldRefuse($"{parts[0]}.{forged}.{parts[2]}");
        await ShouldRefuse($"{parts[0]}.{parts[1]}.{parts[2][..^4]}AAAA");
    }

    [Theory]
    [InlineData("sub", null)]
    [InlineData("sub", "")]
    [InlineData("iat", null)]
    public async Task A_token_that_lacks_what_revocation_goes_by_is_refused(string claim, string? value) =>
        await ShouldRefuse(new TestToken().With(claim, value));

    [Fact]
    public async Task Critical_extensions_are_refused() =>
        await ShouldRefuse(new TestToken().WithHeader("crit", new JsonArray("b64")).WithHeader("b64", false));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a.b.c")]
    [InlineData("a.b.c.d.e")]
    [InlineData("eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..a.b.c")]
    [InlineData("{}.{}.{}")]
    public async Task What_is_no_token_is_refused(string text) => await ShouldRefuse(text);

    [Fact]
    public async Task Without_a_lease_on_the_keys_nothing_is_accepted()
    {
        identity.Keys.State = LeaseState.Stale;

        (await Verify(new TestToken())).Refusal.ShouldBe(Refusal.Unknown);
    }

    [Fact]
    public async Task Any_text_gives_an_answer()
    {
        var random = new Random(5);
        var text = new TestToken().ToString();
        for (var i = 0; i < 2000; i++)
        {
            var mutated = new StringBuilder(text);
            for (var edits = random.Next(1, 5); edits > 0; edits--)
            {
                mutated[random.Next(mutated.Length)] = (char)random.Next(32, 127);
            }

            if (mutated.ToString() != text)
            {
                // A signature's last character has bits that mean nothing; whatever else is changed is refused.
                var verification = await verifier.Verify(mutated.ToString(), TestContext.Current.CancellationToken);
                (verification.Credential is null || mutated.ToString()[..^1] == text[..^1]).ShouldBeTrue();
            }
        }
    }

    private static JsonObject Jwk(TestKey key)
    {
        var parameters = ((Microsoft.IdentityModel.Tokens.ECDsaSecurityKey)key.Public).ECDsa.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["kid"] = key.Id,
            ["x"] = System.Buffers.Text.Base64Url.EncodeToString(parameters.Q.X),
            ["y"] = System.Buffers.Text.Base64Url.EncodeToString(parameters.Q.Y),
        };
    }

    private static TestKey KeyOf(SigningAlgorithm algorithm) => algorithm == SigningAlgorithm.Es256 ? FakeIdentity.Es : FakeIdentity.Rs;

    private ValueTask<Verification> Verify(TestToken token) => verifier.Verify(token.ToString(), TestContext.Current.CancellationToken);

    private Task ShouldRefuse(TestToken token) => ShouldRefuse(token.ToString());

    private async Task ShouldRefuse(string token)
    {
        var verification = await verifier.Verify(token, TestContext.Current.CancellationToken);
        verification.Credential.ShouldBeNull();
        verification.Refusal.ShouldBe(Refusal.Invalid);
    }
}
