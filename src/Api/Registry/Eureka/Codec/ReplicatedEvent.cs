using System.Globalization;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Registry.Eureka.Codec;

/// <summary>One event of a peer server's batch.</summary>
internal sealed class ReplicatedEvent
{
    public string? Action { get; private set; }

    public string? App { get; private set; }

    public string? Id { get; private set; }

    public long? LastDirtyTimestamp { get; private set; }

    public InstanceStatus? Status { get; private set; }

    public InstanceStatus Override { get; private set; }

    public EurekaRegistration? Registration { get; set; }

    public void Set(string name, string text)
    {
        switch (name)
        {
            case "action": Action = text; break;
            case "appName": App = text.ToUpperInvariant(); break;
            case "id": Id = text; break;
            case "status": Status = EurekaStatus.TryParse(text, out var status) ? status : null; break;
            case "overriddenStatus" when EurekaStatus.TryParse(text, out var overriding): Override = overriding; break;
            case "lastDirtyTimestamp":
                LastDirtyTimestamp = long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
                    ? number
                    : throw new FormatException("Not a whole number of 64 bits.");
                break;
        }
    }
}
