using System.Text.Json.Nodes;

namespace Gatehouse.Api.Tests.Gateway.Auth;

/// <summary>An access token as the cluster issues it, and with one thing changed.</summary>
internal sealed class TestToken
{
    private string? text;

    public TestToken(TestKey? key = null)
    {
        Key = key ?? FakeIdentity.Es;
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        Header = new JsonObject { ["alg"] = Key.Name, ["kid"] = Key.Id, ["typ"] = "at+jwt" };
        Payload = new JsonObject
        {
            ["iss"] = FakeIdentity.Issuer,
            ["aud"] = "gatehouse",
            ["sub"] = "alice",
            ["sid"] = "session-1",
            ["client_id"] = "shop",
            ["jti"] = Guid.NewGuid().ToString("N"),
            ["scope"] = "books.read books.write",
            ["roles"] = new JsonArray("member"),
            ["iat"] = now,
            ["nbf"] = now,
            ["exp"] = now + 300,
        };
    }

    public TestKey Key { get; }

    public JsonObject Header { get; }

    public JsonObject Payload { get; }

    public string Id => (string)Payload["jti"]!;

    /// <summary>Changes a header parameter; null takes it out.</summary>
    public TestToken WithHeader(string name, JsonNode? value) => With(Header, name, value);

    /// <summary>Changes a claim; null takes it out.</summary>
    public TestToken With(string name, JsonNode? value) => With(Payload, name, value);

    // Signed once: a signature is another every time.
    public override string ToString() => text ??= Key.Sign(Header.ToJsonString(), Payload.ToJsonString());

    private TestToken With(JsonObject part, string name, JsonNode? value)
    {
        text = null;
        part.Remove(name);
        if (value is not null)
        {
            part[name] = value;
        }

        return this;
    }
}
