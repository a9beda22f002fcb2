using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Gatehouse.Silo.Clustering;

/// <summary>
/// A client's connections to the silos. One over which nothing gets through is not closed by anybody: TCP sends again ever more rarely, and after a cut of 10 s
/// it may take as long again until a connection that is otherwise sound carries anything.
/// </summary>
/// <param name="time">The clock.</param>
public sealed class GatewayConnections(TimeProvider time)
{
    private readonly ConcurrentDictionary<ConnectionContext, long> open = [];

    /// <summary>Closes those that have been open for longer; the next call opens new ones.</summary>
    /// <param name="age">Younger ones may yet prove themselves.</param>
    /// <returns>How many were closed.</returns>
    public int CloseOlderThan(TimeSpan age)
    {
        var closed = 0;
        foreach (var (connection, since) in open)
        {
            if (time.GetElapsedTime(since) > age && open.TryRemove(connection, out _))
            {
                connection.Abort(new ConnectionAbortedException("The silo has not been heard of for too long."));
                closed++;
            }
        }

        return closed;
    }

    internal ConnectionDelegate Keep(ConnectionDelegate next) => async connection =>
    {
        open[connection] = time.GetTimestamp();
        try
        {
            await next(connection);
        }
        finally
        {
            open.TryRemove(connection, out _);
        }
    };
}
