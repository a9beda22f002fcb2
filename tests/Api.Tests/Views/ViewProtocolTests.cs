using CsCheck;

namespace Gatehouse.Api.Tests.Views;

/// <summary>The view protocol under lost, late and reordered messages, restarts and zombies.</summary>
public sealed class ViewProtocolTests
{
    private static readonly Gen<(int, int)[]> Steps = Gen.Select(Gen.Int[0, 999], Gen.Int[0, 10_000]).Array[100, 1000];

    [Fact]
    public void Protocol_anyFaults_leasedReplicasHaveEveryCompletedPublishAndRecover()
    {
        long completed = 0;
        long leases = 0;
        long contacts = 0;
        Gen.Select(Gen.Int[1, 4], Steps).Sample(
            (replicas, steps) =>
            {
                var simulation = new ViewSimulation(replicas);
                foreach (var (action, choice) in steps)
                {
                    simulation.Step(action, choice);
                }

                simulation.Recover();
                Interlocked.Add(ref completed, simulation.CompletedPublishes);
                Interlocked.Add(ref leases, simulation.Leases);
                Interlocked.Add(ref contacts, simulation.Contacts);
            },
            iter: 4_000,
            threads: 2);

        // The run means something only if publishes completed while replicas held leases.
        completed.ShouldBeGreaterThan(3_000);
        leases.ShouldBeGreaterThan(30_000);
        contacts.ShouldBeGreaterThan(100);
    }
}
