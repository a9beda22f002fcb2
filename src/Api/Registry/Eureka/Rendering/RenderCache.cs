namespace Gatehouse.Api.Registry.Eureka.Rendering;

/// <summary>Keeps the rendered answers of the newest snapshot.</summary>
internal sealed class RenderCache(TimeProvider time)
{
    private RenderedRegistry newest = new(RegistrySnapshot.Empty, time);

    public RenderedRegistry Of(RegistrySnapshot snapshot)
    {
        var known = Volatile.Read(ref newest);
        while (!ReferenceEquals(known.Snapshot, snapshot))
        {
            var made = new RenderedRegistry(snapshot, time);
            // A request that read its snapshot just before the newest came must not throw that one out.
            if (snapshot.Version < known.Snapshot.Version)
            {
                return made;
            }

            var before = Interlocked.CompareExchange(ref newest, made, known);
            if (ReferenceEquals(before, known))
            {
                return made;
            }

            known = before;
        }

        return known;
    }
}
