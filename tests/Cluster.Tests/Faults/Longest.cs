using System.Diagnostics;

namespace Gatehouse.Cluster.Tests.Faults;

/// <summary>The longest of times that several clients measure, and what took it.</summary>
internal sealed class Longest
{
    private readonly Lock access = new();
    private TimeSpan time;
    private string what = "";

    /// <summary>Adds the time since a moment of <see cref="Stopwatch"/>.</summary>
    public void Add(long since, string what)
    {
        var elapsed = Stopwatch.GetElapsedTime(since);
        lock (access)
        {
            if (elapsed > time)
            {
                (time, this.what) = (elapsed, what);
            }
        }
    }

    /// <summary>The longest since the last call of this.</summary>
    public (TimeSpan Time, string What) Take()
    {
        lock (access)
        {
            var taken = (time, what);
            (time, what) = (TimeSpan.Zero, "");
            return taken;
        }
    }
}
