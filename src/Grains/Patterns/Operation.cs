namespace Gatehouse.Grains.Patterns;

/// <summary>
/// What makes a command one command, however often it is sent or delivered: its id, and until when a message that carries it
/// may still take effect. A message that was stuck in a hung process arrives too late, and is refused instead of applied
/// after everybody has forgotten it. All processes of a cluster go by the store's clock.
/// </summary>
/// <param name="Id">Chosen by whoever sends the command; the same for every attempt.</param>
/// <param name="Until">New for every attempt.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.patterns.operation")]
public readonly record struct Operation([property: Id(0)] string Id, [property: Id(1)] DateTimeOffset Until)
{
    /// <summary>How long a message may be on its way: more than a call may take, less than anybody would wait.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromSeconds(15);

    /// <summary>An attempt that is sent now.</summary>
    public static Operation Now(string id, TimeProvider time) => new(id, time.GetUtcNow() + Validity);

    /// <summary>Refuses a message that comes too late.</summary>
    /// <exception cref="OperationExpiredException">It does.</exception>
    public void ThrowIfExpired(DateTimeOffset now)
    {
        if (now > Until)
        {
            throw new OperationExpiredException($"Operation {Id} came after {Until:O}.");
        }
    }
}
