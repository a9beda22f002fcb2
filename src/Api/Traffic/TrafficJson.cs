using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gatehouse.Api.Traffic;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TrafficBody))]
internal sealed partial class TrafficJson : JsonSerializerContext;
