using System.Collections.Immutable;
using System.Globalization;
using Gatehouse.Api.Hosting;
using Gatehouse.Api.Registry;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Modules;

/// <summary>
/// Keeps this front door's modules in the registry, so that whoever asks it finds them beside the HTTP services: each
/// front door is an instance of each module, reached by its public listener.
/// </summary>
internal sealed partial class ModuleRegistration(
    IEnumerable<IServiceModule> modules,
    Listeners listeners,
    IHeartbeats heartbeats,
    ServiceCommands services,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<ModuleRegistration> logger) : BackgroundService
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private ImmutableArray<Instance> registered = [];

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        foreach (var instance in registered)
        {
            try
            {
                await services.Deregister(instance.Service, instance.Id).WaitAsync(RetryAfter, time, cancellationToken);
            }
            // Its lease runs out soon.
            catch (Exception e)
            {
                Log.NotDeregistered(logger, instance.Service, e);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource();
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        try
        {
            await started.Task.WaitAsync(stoppingToken);
            registered = [.. modules.Select(MakeInstance)];
            await Task.WhenAll(registered.Select(instance => Keep(instance, stoppingToken)));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The front door stops.
        }
    }

    private Instance MakeInstance(IServiceModule module)
    {
        var address = listeners.Public;
        return new Instance
        {
            Service = module.Name.ToUpperInvariant(),
            Id = string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName}:{address.Port}"),
            Address = address.GetLeftPart(UriPartial.Authority),
            Lease = Lease,
            Metadata = ImmutableDictionary<string, string>.Empty.Add("module", module.Name),
        };
    }

    private async Task Keep(Instance instance, CancellationToken stopping)
    {
        var known = false;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (!known)
                {
                    await services.Register(instance);
                    known = true;
                }
                else
                {
                    known = await heartbeats.Beat(instance.Service, new Heartbeat(instance.Id)) == BeatOutcome.Renewed;
                }

                await Task.Delay(known ? BeatEvery : TimeSpan.Zero, time, stopping);
            }
            catch (Exception e) when (!stopping.IsCancellationRequested)
            {
                Log.NotRegistered(logger, instance.Service, e);
                await Task.Delay(RetryAfter, time, stopping);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Module {Service} is not registered; trying again")]
        public static partial void NotRegistered(ILogger logger, string service, Exception cause);

        [LoggerMessage(2, LogLevel.Warning, "Module {Service} was not deregistered; its lease runs out")]
        public static partial void NotDeregistered(ILogger logger, string service, Exception cause);
    }
}
