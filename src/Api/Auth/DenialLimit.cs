namespace Gatehouse.Api.Auth;

/// <summary>How many denials a second go to the audit log: guesses by the thousand must not fill the store. The log has all.</summary>
internal sealed class DenialLimit(TimeProvider time)
{
    private const int PerSecond = 20;

    private readonly Lock gate = new();
    private long second;
    private int count;

    public bool Admits()
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        lock (gate)
        {
            if (now != second)
            {
                (second, count) = (now, 0);
            }

            return ++count <= PerSecond;
        }
    }
}
