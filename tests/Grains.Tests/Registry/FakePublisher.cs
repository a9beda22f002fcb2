using System.Collections.Immutable;
using Gatehouse.Grains.Registry;
using Gatehouse.Grains.Views;

namespace Gatehouse.Grains.Tests.Registry;

/// <summary>One owner's part of a publisher: applies the version that follows, ignores what it has, reports gaps.</summary>
internal sealed class FakePublisher
{
    public Dictionary<string, Instance> View { get; } = [];

    public long Version { get; private set; }

    public bool Enrolled { get; private set; }

    public List<ImmutableArray<ViewChange>> Applied { get; } = [];

    public int Calls { get; private set; }

    /// <summary>When set, publishes are applied but wait for it, as with a front door that hangs.</summary>
    public TaskCompletionSource? Gate { get; set; }

    /// <summary>When set, enrolments wait for it.</summary>
    public TaskCompletionSource? EnrolGate { get; set; }

    /// <summary>How many of the next publishes fail before anything is applied.</summary>
    public int Failures { get; set; }

    /// <summary>Where to read everything when there is a gap.</summary>
    public Func<Task<OwnerReport>>? Report { get; set; }

    public Task Enroll()
    {
        Enrolled = true;
        return EnrolGate?.Task ?? Task.CompletedTask;
    }

    public async Task Publish(long version, ImmutableArray<ViewChange> changes)
    {
        Calls++;
        if (Failures > 0)
        {
            Failures--;
            throw new TimeoutException("The publisher is gone.");
        }

        if (version == Version + 1)
        {
            Applied.Add(changes);
            Apply(changes);
            Version = version;
        }
        else if (version > Version)
        {
            var report = await Report!();
            View.Clear();
            Apply(report.Entries);
            Version = report.Version;
        }

        if (Gate is { } gate)
        {
            await gate.Task;
        }
    }

    private void Apply(ImmutableArray<ViewChange> changes)
    {
        foreach (var change in changes)
        {
            if (change.Value is Instance instance)
            {
                View[change.Key] = instance;
            }
            else
            {
                View.Remove(change.Key);
            }
        }
    }
}
