using Orleans.Runtime;

namespace Gatehouse.Grains.Patterns;

/// <summary>Runs a grain's deliveries beside its commands, and again after a while when one has failed.</summary>
/// <param name="grain">The grain.</param>
/// <param name="deliver">Delivers what there is.</param>
/// <param name="failed">Told of what a delivery has thrown.</param>
public sealed class DeliveryTimer(IGrainBase grain, Func<Task> deliver, Action<Exception> failed)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private IGrainTimer? timer;

    /// <summary>Delivers as soon as the grain's present turn is over.</summary>
    public void Start() => Set(TimeSpan.Zero);

    private void Set(TimeSpan due)
    {
        if (timer is null)
        {
            timer = grain.RegisterGrainTimer(
                Deliver,
                new GrainTimerCreationOptions { DueTime = due, Period = Timeout.InfiniteTimeSpan, Interleave = true });
        }
        else
        {
            timer.Change(due, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task Deliver(CancellationToken cancellation)
    {
        try
        {
            await deliver();
        }
        // Whoever the event is for is moving, or not to be reached: the event stays.
        catch (Exception e)
        {
            failed(e);
            Set(RetryAfter);
        }
    }
}
