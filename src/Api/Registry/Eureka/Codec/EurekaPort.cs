namespace Gatehouse.Api.Registry.Eureka.Codec;

/// <summary>A port of a registration and whether it is in use.</summary>
internal sealed class EurekaPort(int number, bool enabled)
{
    public int Number { get; private set; } = number;

    public bool Enabled { get; private set; } = enabled;

    public void SetNumber(string text)
    {
        Number = EurekaRegistration.Number(text, Number);
        if (Number is < 0 or > 65535)
        {
            throw new FormatException("Not a port.");
        }
    }

    public void SetEnabled(string text) => Enabled = EurekaRegistration.Flag(text);
}
