using System.Text;
using Gatehouse.Api.Telemetry.Access;

namespace Gatehouse.Api.Tests.Telemetry;

public sealed class RedactionTests
{
    [Theory]
    [InlineData("Authorization", true)]
    [InlineData("proxy-authorization", true)]
    [InlineData("Set-Cookie", true)]
    [InlineData("X-API-Key", true)]
    [InlineData("Gatehouse-Identity", true)]
    [InlineData("access_token", true)]
    [InlineData("newPassword", true)]
    [InlineData("pin", true)]
    [InlineData("X-Patient", true)]
    [InlineData("Content-Type", false)]
    [InlineData("spinning", false)]
    public void IsSecret_byName(string name, bool secret) => Redaction.IsSecret(name, ["x-patient"]).ShouldBe(secret);

    [Theory]
    [InlineData("""{"user":"ann","password":"hunter2","n":1.5e3,"ok":true,"none":null}""", """{"user":"ann","password":"***","n":1.5e3,"ok":true,"none":null}""")]
    [InlineData("""[{"token":{"deep":["hunter2"]}},"x"]""", """[{"token":"***"},"x"]""")]
    [InlineData("""{"a":"b","secret":"hunt""", """{"a":"b","secret":"***"}""", 21)]
    [InlineData("""{"a":{"card":"hunter2"},"b":2}""", """{"a":{"card":"***"},"b":2}""")]
    [InlineData("""{"a":1} trailing hunter2""", """{"a":1}""")]
    [InlineData("not json, hunter2", "")]
    [InlineData("""{"pass\u0077ord":"hunter2"}""", """{"password":"***"}""")]
    public void Body_json_hasItsSecretsTakenOut(string body, string told, int prefix = 0)
    {
        var text = Redaction.Body(Encoding.UTF8.GetBytes(body), "application/json; charset=utf-8", ["card"]);

        text.ShouldNotBeNull();
        text.ShouldNotContain("hunt");
        (prefix == 0 ? text : text[..prefix]).ShouldBe(prefix == 0 ? told : told[..prefix]);
    }

    [Fact]
    public void Body_form_hasItsSecretsTakenOut() => Redaction
        .Body("user=ann&pass%77ord=hunter2&client_secret=x&page=2"u8, "application/x-www-form-urlencoded", [])
        .ShouldBe("user=ann&pass%77ord=***&client_secret=***&page=2");

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/octet-stream")]
    [InlineData(null)]
    public void Body_ofAKindWhoseSecretsCannotBeTold_isLeftOut(string? type) => Redaction.Body("password: hunter2"u8, type, []).ShouldBeNull();
}
