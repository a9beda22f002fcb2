using System.Collections.Concurrent;

namespace Gatehouse.Api.Registry.Eureka.Rendering;

/// <summary>
/// The large answers for one snapshot, each rendered once however many clients ask at once. There is no time to live:
/// the next snapshot starts anew, so an answer is always exact.
/// </summary>
internal sealed class RenderedRegistry(RegistrySnapshot snapshot, TimeProvider time)
{
    private readonly ConcurrentDictionary<Representation, Lazy<RenderedBody>> everything = new();
    private readonly ConcurrentDictionary<Representation, RenderedDelta> deltas = new();

    public RegistrySnapshot Snapshot => snapshot;

    public RenderedBody Everything(Representation form) => everything
        .GetOrAdd(form, static (form, snapshot) => new(() => new(EurekaDocument.Render(snapshot.Everything(), form))), snapshot)
        .Value;

    /// <summary>The changes of the last minutes; rendered anew when the oldest of them drops out.</summary>
    public RenderedBody Delta(Representation form)
    {
        var now = time.GetUtcNow();
        if (!deltas.TryGetValue(form, out var delta) || now >= delta.Until)
        {
            var made = new RenderedDelta(snapshot, now, form);
            delta = deltas.AddOrUpdate(form, made, (_, other) => other.Until > now ? other : made);
        }

        return delta.Body.Value;
    }

    private sealed class RenderedDelta
    {
        public RenderedDelta(RegistrySnapshot snapshot, DateTimeOffset now, Representation form)
        {
            var changes = snapshot.Delta(now, out var until);
            Until = until;
            Body = new(() => new(EurekaDocument.Render(changes, form)));
        }

        public DateTimeOffset Until { get; }

        public Lazy<RenderedBody> Body { get; }
    }
}
