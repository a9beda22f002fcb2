using System.Collections.Immutable;
using Gatehouse.Api.Auth.Clients;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Identity.Logout;

namespace Gatehouse.Api.Auth.Logout;

/// <summary>Takes what is due from the queues of logout notices, delivers it, and tells the queues what came of it.</summary>
internal sealed partial class LogoutCourier(
    IGrainFactory grains, IReplica<ClientDirectory> clients, LogoutDelivery delivery, LogoutMetrics metrics, TimeProvider time, ILogger<LogoutCourier> logger)
    : BackgroundService
{
    private const int AtOnce = 32;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (clients.Current.All.Any(client => client.BackChannelLogoutUri is not null))
            {
                await Task.WhenAll(Enumerable.Range(0, LogoutQueues.Shards).Select(shard => Empty(grains.GetGrain<ILogoutQueueGrain>(shard), stoppingToken)));
            }
        }
    }

    private async Task Empty(ILogoutQueueGrain queue, CancellationToken cancellation)
    {
        try
        {
            while (await queue.Take(AtOnce) is { IsEmpty: false } due)
            {
                ImmutableArray<LogoutAttempt> attempts = [.. await Task.WhenAll(due.Select(notice => delivery.Try(notice, cancellation)))];
                foreach (var attempt in attempts)
                {
                    Note(attempt);
                }

                await queue.Settle(attempts);
            }
        }
        // What was taken and not settled is due again soon, here or at another front door.
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            Log.NotSettled(logger, e);
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private void Note(LogoutAttempt attempt)
    {
        metrics.Attempted(attempt.Error is null);
        if (attempt.Error is null)
        {
            Log.Delivered(logger, attempt.Notice.ClientId, attempt.Notice.SessionId);
        }
        else
        {
            Log.NotDelivered(logger, attempt.Notice.ClientId, attempt.Notice.SessionId, attempt.Error);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, EventName = "LogoutDelivered", Level = LogLevel.Information, Message = "Client {Client} knows that session {Session} has ended")]
        public static partial void Delivered(ILogger logger, string client, string session);

        [LoggerMessage(EventId = 2, EventName = "LogoutNotDelivered", Level = LogLevel.Warning, Message = "Client {Client} could not be told that session {Session} has ended: {Error}")]
        public static partial void NotDelivered(ILogger logger, string client, string session, string error);

        [LoggerMessage(EventId = 3, EventName = "LogoutNotSettled", Level = LogLevel.Warning, Message = "A queue of logout notices does not answer; trying again")]
        public static partial void NotSettled(ILogger logger, Exception exception);
    }
}
