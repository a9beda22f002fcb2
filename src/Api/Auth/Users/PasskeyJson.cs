using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gatehouse.Api.Auth.Users;

/// <summary>Where the browser goes on.</summary>
internal sealed record PasskeyAnswer(string Url);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(PasskeyAnswer))]
internal sealed partial class PasskeyJson : JsonSerializerContext;
