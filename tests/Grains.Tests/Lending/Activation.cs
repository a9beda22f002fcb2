using Gatehouse.Grains.Patterns;
using Gatehouse.Grains.Tests.Patterns;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Grains.Tests.Lending;

/// <summary>
/// A grain without Orleans: its store and reminder, which outlive activations, and its desk, made anew after a write has
/// failed or a silo has died.
/// </summary>
internal sealed class Activation<TState, TDesk>(FakeTimeProvider time, Func<Activation<TState, TDesk>, Ledger<TState>, WorkReminder, TDesk> make)
    where TState : class, new()
    where TDesk : class
{
    private TDesk? desk;

    public FakeStore<TState> Store { get; } = new();

    /// <summary>When the reminder fires next.</summary>
    public DateTimeOffset? Reminder { get; private set; }

    /// <summary>What the desk asked to be called for, beside or between commands. A crash forgets it.</summary>
    public bool Woken { get; set; }

    /// <summary>What the present activation believes.</summary>
    public Ledger<TState> Ledger { get; private set; } = null!;

    public TDesk Desk
    {
        get
        {
            if (desk is null)
            {
                Ledger = new Ledger<TState>(Store.Open(), _ => Crash());
                desk = make(this, Ledger, new WorkReminder(Set, Clear, time));
            }

            return desk;
        }
    }

    /// <summary>The activation is gone with all it had in memory.</summary>
    public void Crash()
    {
        desk = null;
        Woken = false;
    }

    /// <summary>Fires the reminder if it is time.</summary>
    public bool IsDue()
    {
        if (Reminder is null || Reminder > time.GetUtcNow())
        {
            return false;
        }

        Reminder += WorkReminder.Soon;
        return true;
    }

    private Task Set(TimeSpan due)
    {
        Reminder = time.GetUtcNow() + due;
        return Task.CompletedTask;
    }

    private Task Clear()
    {
        Reminder = null;
        return Task.CompletedTask;
    }
}
