using Gatehouse.Cluster.Tests.Harness;

namespace Gatehouse.Cluster.Tests.Lending;

/// <summary>Kills, hangs and stops silos of a cluster at random, one at a time, and replaces those that are gone.</summary>
internal sealed class SiloChaos(GatehouseCluster cluster, Random random)
{
    private const int Size = 3;

    private readonly List<GatehouseProcess> alive = [.. cluster.Silos];

    public int Killed { get; private set; }

    public int Hung { get; private set; }

    public int Stopped { get; private set; }

    public async Task Run(CancellationToken over)
    {
        // Every kind once, in any order, then at random.
        var kinds = new Queue<int>(Enumerable.Range(0, 3).OrderBy(_ => random.Next()));
        while (!over.IsCancellationRequested)
        {
            await Strike(kinds.TryDequeue(out var kind) ? kind : random.Next(3), alive[random.Next(alive.Count)]);
            alive.RemoveAll(silo => silo.Process.HasExited);
            while (alive.Count < Size)
            {
                alive.Add(await cluster.AddSilo());
            }

            await Task.Delay(random.Next(500, 3000), CancellationToken.None);
        }
    }

    private async Task Strike(int kind, GatehouseProcess silo)
    {
        switch (kind)
        {
            case 0:
                await silo.Process.Kill();
                Killed++;
                break;
            case 1:
                silo.Process.Suspend();
                // Sometimes too short to be noticed, sometimes until the others have voted it out.
                await Task.Delay(random.Next(500, 9000), CancellationToken.None);
                silo.Process.Resume();
                Hung++;
                // Who was voted out ends by itself.
                await Task.WhenAny(silo.Process.Exited, Task.Delay(TimeSpan.FromSeconds(4), CancellationToken.None));
                break;
            default:
                await silo.Process.Terminate();
                Stopped++;
                break;
        }
    }
}
