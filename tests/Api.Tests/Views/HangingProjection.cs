using System.Collections.Immutable;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Tests.Views;

/// <summary>A front door whose thread that takes changes is stuck.</summary>
internal sealed class HangingProjection : IViewProjection<ImmutableDictionary<string, object>>, IDisposable
{
    private readonly DictionaryProjection inner = new();
    private readonly ManualResetEventSlim open = new(initialState: true);
    private int waiting;

    public ImmutableDictionary<string, object> Empty => inner.Empty;

    /// <summary>Whether a change has come, and is not taken.</summary>
    public bool Hangs => Volatile.Read(ref waiting) > 0;

    public ImmutableDictionary<string, object> Apply(
        ImmutableDictionary<string, object> current, IReadOnlyList<ViewChange> changes, bool replace, ViewVersion version)
    {
        Interlocked.Increment(ref waiting);
        open.Wait(TimeSpan.FromSeconds(20));
        Interlocked.Decrement(ref waiting);
        return inner.Apply(current, changes, replace, version);
    }

    public void Dispose() => open.Dispose();

    public void Hang() => open.Reset();

    public void Resume() => open.Set();
}
