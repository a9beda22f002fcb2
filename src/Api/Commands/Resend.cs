namespace Gatehouse.Api.Commands;

/// <summary>
/// Sends a command that is applied once, whatever the number of its calls, again when no answer has come. The silo that had it may be dead, and a call to a dead silo
/// hangs until its response timeout; by then another silo has long taken over the grain.
/// </summary>
internal static class Resend
{
    /// <summary>How long an answer is waited for before the command is sent again; a killed silo is replaced within it.</summary>
    public static readonly TimeSpan After = TimeSpan.FromSeconds(3);

    // Together they cover the response timeout of a command, which bounds each of them.
    private const int MaxSends = 5;

    /// <summary>The first answer that comes.</summary>
    /// <exception cref="Exception">What the last of the calls failed with, when all have.</exception>
    public static async Task<T> Send<T>(Func<Task<T>> command, TimeProvider time)
    {
        var calls = new List<Task<T>> { command() };
        var sent = 1;
        while (true)
        {
            using var stop = new CancellationTokenSource();
            var pause = sent < MaxSends ? Task.Delay(After, time, stop.Token) : Task.Delay(Timeout.InfiniteTimeSpan, stop.Token);
            var next = await Task.WhenAny([pause, .. calls]);
            await stop.CancelAsync();
            if (next == pause)
            {
                calls.Add(command());
                sent++;
                continue;
            }

            var answered = (Task<T>)next;
            if (answered.IsCompletedSuccessfully || calls.Count == 1)
            {
                return await answered;
            }

            calls.Remove(answered);
        }
    }
}
