using Gatehouse.Silo.Hosting;
using Orleans.Runtime;

namespace Gatehouse.Silo.Placement;

/// <summary>
/// Moves grains to where they belong once silos have come, each between two of its requests. A few at a time, so that nobody notices.
/// </summary>
internal sealed class Spreading : BackgroundService, ISiloStatusListener
{
    // Several silos that come together are one change.
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private const int AtOnce = 10;

    private readonly SemaphoreSlim changes = new(0);
    private readonly SpreadGrains grains;
    private readonly ISiloStatusOracle silos;
    private readonly Departure departure;
    private readonly TimeProvider time;

    public Spreading(SpreadGrains grains, ISiloStatusOracle silos, Departure departure, TimeProvider time)
    {
        this.grains = grains;
        this.silos = silos;
        this.departure = departure;
        this.time = time;
    }

    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        // Whose silo goes is placed anew as it is called; nothing has to be moved for that.
        if (status == SiloStatus.Active && !updatedSilo.Equals(silos.SiloAddress))
        {
            changes.Release();
        }
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        silos.SubscribeToSiloStatusEvents(this);
        return base.StartAsync(cancellationToken);
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        silos.UnSubscribeFromSiloStatusEvents(this);
        return base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        changes.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await changes.WaitAsync(stoppingToken);
            await Task.Delay(Settle, time, stoppingToken);
            while (changes.CurrentCount > 0)
            {
                await changes.WaitAsync(stoppingToken);
            }

            SiloAddress[] active = [.. silos.GetApproximateSiloStatuses(onlyActive: true).Keys];
            if (!active.Contains(silos.SiloAddress))
            {
                // Not there yet, or leaving.
                continue;
            }

            // One that is asked to move to where it is would end there, and begin anew with its next call.
            foreach (var some in grains.Activations.Where(grain => !SpreadDirector.Place(grain.GrainId, active).Equals(silos.SiloAddress)).Chunk(AtOnce))
            {
                if (departure.HasBegun)
                {
                    return;
                }

                foreach (var grain in some)
                {
                    grain.Migrate(null, stoppingToken);
                }

                await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }
}
