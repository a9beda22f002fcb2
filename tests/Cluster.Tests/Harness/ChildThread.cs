using System.Collections.Concurrent;

namespace Gatehouse.Cluster.Tests.Harness;

/// <summary>
/// The one thread that starts children. The kernel's parent-death signal is sent when the thread that forked ends, so that
/// thread has to live as long as the test process.
/// </summary>
internal static class ChildThread
{
    private static readonly BlockingCollection<Action> Work = [];

    static ChildThread() => new Thread(Loop) { IsBackground = true, Name = "children" }.Start();

    public static void Run(Action start)
    {
        var done = new TaskCompletionSource();
        Work.Add(() =>
        {
            try
            {
                start();
                done.SetResult();
            }
            // Handed to the caller.
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        done.Task.GetAwaiter().GetResult();
    }

    private static void Loop()
    {
        foreach (var work in Work.GetConsumingEnumerable())
        {
            work();
        }
    }
}
