using System.Collections.Immutable;
using CsCheck;
using Gatehouse.Grains.Registry;
using Shouldly;
using static Gatehouse.Grains.Tests.Registry.ServiceHarness;

namespace Gatehouse.Grains.Tests.Registry;

/// <summary>
/// Random commands, time and faults against a model. After each step: what was acknowledged is stored and in the view,
/// store and view agree, and nobody is removed before its lease is over.
/// </summary>
public sealed class ServiceModelTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private static readonly Gen<Step> Steps = Gen.OneOf(
        Gen.Int[0, 5].Select(id => new Step(StepKind.Register, id, 0)),
        Gen.Int[0, 5].Select(id => new Step(StepKind.Register, id, 1)),
        Gen.Int[0, 5].Select(id => new Step(StepKind.Deregister, id, 0)),
        Gen.Select(Gen.Int[0, 5], Gen.Int[1, 4]).Select((id, status) => new Step(StepKind.SetStatus, id, status)),
        Gen.Int[0, 5].Select(id => new Step(StepKind.ClearStatus, id, (int)InstanceStatus.Up)),
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 3]).Select((id, value) => new Step(StepKind.SetMetadata, id, value)),
        Gen.Int[0, 5].Select(id => new Step(StepKind.Beat, id, 0)),
        Gen.Int[0, 5].Select(id => new Step(StepKind.Beat, id, 0)),
        Gen.Int[1, 40].Select(seconds => new Step(StepKind.Pass, 0, seconds)),
        Gen.Int[0, 1].Select(fault => new Step(StepKind.FailNextWrite, 0, fault)),
        Gen.Int[1, 2].Select(count => new Step(StepKind.FailPublishes, 0, count)),
        Gen.Const(new Step(StepKind.Restart, 0, 0)));

    [Fact]
    public void Acknowledged_changes_are_stored_and_published_whatever_fails() =>
        Record.Exception(() => Steps.Array[1, 60].Sample(Run, iter: 2_000))?.ToString().ShouldBeNull();

    private static void Run(Step[] steps)
    {
        using var service = new ServiceHarness();
        var model = new Model();
        foreach (var step in steps)
        {
            Take(step, service, model);
            if (service.SteppedDown)
            {
                service.Activate();
                model.Restarted(service.Time.GetUtcNow());
            }

            Check(service, model);
        }
    }

    private static void Take(Step step, ServiceHarness service, Model model)
    {
        var id = $"i{step.Id}";
        var now = service.Time.GetUtcNow();
        switch (step.Kind)
        {
            case StepKind.Register:
                Try(service.Roster.Register(Native(id) with { Zone = $"z{step.Value}" }), service, model, id, outcome =>
                {
                    outcome.ShouldBe(model.Has(id) ? RegisterOutcome.Replaced : RegisterOutcome.Created);
                    model.Registered(id, $"z{step.Value}", now);
                });
                break;
            case StepKind.Deregister:
                Try(service.Roster.Deregister(id), service, model, id, known =>
                {
                    known.ShouldBe(model.Has(id));
                    model.Entries.Remove(id);
                });
                break;
            case StepKind.SetStatus:
                Try(service.Roster.SetStatus(id, (InstanceStatus)step.Value, null), service, model, id, known =>
                    model.Change(id, known, now, entry => entry with { Status = (InstanceStatus)step.Value, Held = (InstanceStatus)step.Value }));
                break;
            case StepKind.ClearStatus:
                Try(service.Roster.ClearStatus(id, (InstanceStatus)step.Value), service, model, id, known =>
                    model.Change(id, known, now, entry => entry.Held == InstanceStatus.Unknown
                        ? entry
                        : entry with { Status = (InstanceStatus)step.Value, Held = InstanceStatus.Unknown }));
                break;
            case StepKind.SetMetadata:
                var values = ImmutableDictionary<string, string>.Empty.Add("k", $"{step.Value}");
                Try(service.Roster.SetMetadata(id, values), service, model, id, known =>
                    model.Change(id, known, now, entry => entry with { Metadata = $"{step.Value}" }));
                break;
            case StepKind.Beat:
                var beaten = service.Beat(id) == BeatOutcome.Renewed;
                beaten.ShouldBe(model.Has(id));
                if (beaten)
                {
                    model.Entries[id] = model.Entries[id] with { Beat = now };
                }

                break;
            case StepKind.Pass:
                service.Pass(step.Value);
                model.Passed(service.Time.GetUtcNow(), id => IsLive(service.Store.Read().Instances.GetValueOrDefault(id)));
                break;
            case StepKind.FailNextWrite:
                service.Store.NextWrite = (WriteFault)step.Value;
                break;
            case StepKind.FailPublishes:
                service.Publisher.Failures = step.Value;
                break;
            default:
                service.Activate();
                model.Restarted(service.Time.GetUtcNow());
                break;
        }
    }

    // Everything here completes at once: neither store nor publisher is gated.
    private static void Try<T>(Task<T> command, ServiceHarness service, Model model, string id, Action<T> acknowledged)
    {
        command.IsCompleted.ShouldBeTrue();
        if (command.IsCompletedSuccessfully)
        {
            acknowledged(command.Result);

            // "There is no such instance" promises nothing of what is on its way to the front doors.
            if (command.Result is not false)
            {
                service.InView(id).ShouldBe(service.Store.Read().Instances.GetValueOrDefault(id), Comparer);
            }

            return;
        }

        // Either way is right for a change that was not acknowledged; the command renewed the lease before it failed.
        model.Adopt(id, service.Store.Read().Instances.GetValueOrDefault(id), service.Time.GetUtcNow());
    }

    private static void Check(ServiceHarness service, Model model)
    {
        var stored = service.Store.Read().Instances;
        foreach (var (id, expected) in model.Entries)
        {
            var entry = stored.GetValueOrDefault(id);
            IsLive(entry).ShouldBeTrue($"{id} is registered");
            (entry!.Status, entry.Override, entry.Zone).ShouldBe((expected.Status, expected.Held, expected.Zone));
            entry.Metadata.GetValueOrDefault("k").ShouldBe(expected.Metadata);
        }

        stored.Values.Where(IsLive).Select(entry => entry.Id).ShouldBe(model.Entries.Keys, ignoreOrder: true);
        service.Publisher.Version.ShouldBeLessThanOrEqualTo(service.Store.Read().Version);
        if (service.Publisher.Version == service.Store.Read().Version)
        {
            service.Publisher.View.Values.ShouldBe(stored.Values, Comparer, ignoreOrder: true);
        }
    }

    private static bool IsLive(Instance? entry) => entry is { Action: not InstanceAction.Deleted };

    private static EqualityComparer<Instance?> Comparer { get; } = EqualityComparer<Instance?>.Create(
        (left, right) => left is null || right is null
            ? left is null && right is null
            : RegistrationRules.SameContent(left, right) && left.RegisteredAt == right.RegisteredAt && left.UpdatedAt == right.UpdatedAt,
        entry => entry?.Id.GetHashCode(StringComparison.Ordinal) ?? 0);

    private enum StepKind
    {
        Register,
        Deregister,
        SetStatus,
        ClearStatus,
        SetMetadata,
        Beat,
        Pass,
        FailNextWrite,
        FailPublishes,
        Restart,
    }

    private sealed record Step(StepKind Kind, int Id, int Value);

    private sealed record Entry(string Zone, InstanceStatus Status, InstanceStatus Held, string? Metadata, DateTimeOffset Beat);

    private sealed class Model
    {
        public Dictionary<string, Entry> Entries { get; } = [];

        public bool Has(string id) => Entries.ContainsKey(id);

        public void Registered(string id, string zone, DateTimeOffset now)
        {
            var known = Entries.GetValueOrDefault(id);
            var held = known?.Held ?? InstanceStatus.Unknown;
            var status = InstanceStatus.Up;
            if (held != InstanceStatus.Unknown)
            {
                status = held;
            }
            else if (known is { Status: InstanceStatus.OutOfService })
            {
                status = InstanceStatus.OutOfService;
            }

            Entries[id] = new Entry(zone, status, held, null, now);
        }

        public void Change(string id, bool known, DateTimeOffset now, Func<Entry, Entry> change)
        {
            known.ShouldBe(Has(id));
            if (known)
            {
                Entries[id] = change(Entries[id]) with { Beat = now };
            }
        }

        public void Adopt(string id, Instance? stored, DateTimeOffset now)
        {
            if (IsLive(stored))
            {
                Entries[id] = new Entry(stored!.Zone, stored.Status, stored.Override, stored.Metadata.GetValueOrDefault("k"), now);
            }
            else
            {
                Entries.Remove(id);
            }
        }

        public void Restarted(DateTimeOffset now)
        {
            foreach (var id in Entries.Keys.ToList())
            {
                Entries[id] = Entries[id] with { Beat = now };
            }
        }

        // Who is past its lease may be removed or suspect; who is within it must be there.
        public void Passed(DateTimeOffset now, Func<string, bool> stillThere)
        {
            foreach (var (id, entry) in Entries.ToList())
            {
                if (!stillThere(id))
                {
                    (now - entry.Beat).ShouldBeGreaterThanOrEqualTo(Lease, $"{id} was removed early");
                    Entries.Remove(id);
                }
            }
        }
    }
}
