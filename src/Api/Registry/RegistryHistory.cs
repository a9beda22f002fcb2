using System.Diagnostics.CodeAnalysis;
using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Registry;

/// <summary>
/// Which entries changed at which version of the view, for as long back as room is kept for: what a watcher that comes
/// back has missed. Versions are the view's, so one that watched another front door can resume here.
/// </summary>
/// <param name="capacity">How many changed keys are kept.</param>
internal sealed class RegistryHistory(int capacity = 16_384)
{
    private readonly Lock gate = new();
    private readonly Queue<(ViewVersion Version, string[] Keys)> steps = new();
    private ViewVersion since;
    private int size;

    /// <summary>Everything was replaced: nothing is known of what came before.</summary>
    public void Reset(ViewVersion version)
    {
        lock (gate)
        {
            steps.Clear();
            size = 0;
            since = version;
        }
    }

    /// <summary>The keys changed and led to the version.</summary>
    public void Add(ViewVersion version, string[] keys)
    {
        lock (gate)
        {
            steps.Enqueue((version, keys));
            size += keys.Length + 1;
            while (size > capacity && steps.TryDequeue(out var oldest))
            {
                size -= oldest.Keys.Length + 1;
                since = oldest.Version;
            }
        }
    }

    /// <summary>The keys that changed after a version; false when that is not known.</summary>
    public bool TryGetSince(ViewVersion version, [NotNullWhen(true)] out IReadOnlySet<string>? keys)
    {
        keys = null;
        lock (gate)
        {
            if (version.Epoch != since.Epoch || version < since)
            {
                return false;
            }

            var changed = new HashSet<string>(StringComparer.Ordinal);
            foreach (var step in steps)
            {
                if (step.Version > version)
                {
                    changed.UnionWith(step.Keys);
                }
            }

            keys = changed;
            return true;
        }
    }
}
