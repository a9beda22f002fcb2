namespace Gatehouse.Api.Telemetry.Access;

/// <summary>The beginning of a body that goes past.</summary>
internal sealed class CapturedBody(int max)
{
    private readonly byte[] bytes = new byte[max];
    private int length;

    /// <summary>What was kept of it.</summary>
    public ReadOnlySpan<byte> Bytes => bytes.AsSpan(0, length);

    /// <summary>Whether there was more.</summary>
    public bool Truncated { get; private set; }

    public void Add(ReadOnlySpan<byte> next)
    {
        var fits = Math.Min(next.Length, bytes.Length - length);
        next[..fits].CopyTo(bytes.AsSpan(length));
        length += fits;
        Truncated |= fits < next.Length;
    }
}
