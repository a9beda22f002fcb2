using Orleans.Runtime;

namespace Gatehouse.Grains.Patterns;

/// <summary>A grain's reminders as the patterns use them.</summary>
public static class GrainReminders
{
    private const string Work = "work";

    /// <summary>Makes the grain's <see cref="WorkReminder"/>. Its ticks come to the grain's <c>ReceiveReminder</c>.</summary>
    public static WorkReminder MakeWorkReminder<TGrain>(this TGrain grain, TimeProvider time) where TGrain : Grain, IRemindable => new(
        due => grain.RegisterOrUpdateReminder(Work, due, WorkReminder.Soon),
        async () =>
        {
            if (await grain.GetReminder(Work) is { } reminder)
            {
                await grain.UnregisterReminder(reminder);
            }
        },
        time);
}
