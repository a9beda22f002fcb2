using Gatehouse.Api.Views;
using Orleans.Runtime;

namespace Gatehouse.Api.Commands;

/// <summary>
/// Sends a command that is applied once, whatever the number of its calls, again when no answer has come. The silo that had it may be dead, and a call to a dead silo
/// hangs until its response timeout; by then another silo has long taken over the grain. A call that was turned away, because the silo that it was for is known to be
/// gone but not yet replaced, is sent again as well. Once the cluster as a whole is out of reach, nothing is waited for any more: the caller may have another front
/// door to ask.
/// </summary>
internal sealed class CommandSender(ClusterReach cluster, TimeProvider time)
{
    /// <summary>How long an answer is waited for before the command is sent again; a killed silo is replaced within it.</summary>
    public static readonly TimeSpan After = TimeSpan.FromSeconds(1.5);

    /// <summary>How often it is sent at most for want of an answer: together they cover the response timeout of a command, which bounds each of them.</summary>
    public const int MaxSends = 9;

    /// <summary>How long it is sent again after it was turned away; a hung silo is replaced within it.</summary>
    public static readonly TimeSpan TurnedAwayFor = TimeSpan.FromSeconds(6);

    private static readonly TimeSpan TurnedAwayPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Completes when the first call does.</summary>
    /// <exception cref="TimeoutException">The cluster is out of reach; the command may have been applied.</exception>
    /// <exception cref="Exception">What the last of the calls failed with, when all have.</exception>
    public Task Send(Func<Task> command) => Send(async () =>
    {
        await command();
        return true;
    });

    /// <summary>The first answer that comes.</summary>
    /// <exception cref="TimeoutException">The cluster is out of reach; the command may have been applied.</exception>
    /// <exception cref="Exception">What the last of the calls failed with, when all have.</exception>
    public async Task<T> Send<T>(Func<Task<T>> command)
    {
        var started = time.GetTimestamp();
        var calls = new List<Task<T>> { command() };
        var sent = 1;
        while (true)
        {
            using var stop = new CancellationTokenSource();
            var pause = Task.Delay(After, time, stop.Token);
            var next = await Task.WhenAny([pause, .. calls]);
            await stop.CancelAsync();
            if (next == pause)
            {
                if (cluster.IsLost)
                {
                    throw new TimeoutException("The cluster cannot be reached.");
                }

                if (sent < MaxSends)
                {
                    calls.Add(command());
                    sent++;
                }

                continue;
            }

            var answered = (Task<T>)next;
            if (answered.IsCompletedSuccessfully)
            {
                return await answered;
            }

            calls.Remove(answered);
            if (calls.Count > 0)
            {
                continue;
            }

            if (!IsTurnedAway(answered) || time.GetElapsedTime(started) >= TurnedAwayFor)
            {
                return await answered;
            }

            await Task.Delay(TurnedAwayPause, time);
            calls.Add(command());
        }
    }

    private static bool IsTurnedAway(Task call) => call.Exception?.InnerException is OrleansMessageRejectionException or SiloUnavailableException;
}
