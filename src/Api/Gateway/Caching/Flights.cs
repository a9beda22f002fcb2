using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Gatehouse.Api.Gateway.Caching;

/// <summary>The requests under way whose responses may serve others that ask for the same, so that those wait.</summary>
internal sealed class Flights
{
    private readonly ConcurrentDictionary<string, Flight> flights = new(StringComparer.Ordinal);

    /// <summary>
    /// Makes the request the one that is sent, or gives the one to wait for. One that was sent before a change of what is
    /// asked for is not waited for.
    /// </summary>
    public bool TryLead(in CacheQuestion question, [NotNullWhen(false)] out Task? other, out Flight own)
    {
        own = new Flight(this, question.Side is { } side ? $"{side} {question.Place.Key}" : question.Place.Key, question.Sequence, question.Stamp);
        other = null;
        while (true)
        {
            var present = flights.GetOrAdd(own.Key, own);
            if (ReferenceEquals(present, own))
            {
                return true;
            }

            if (present.Sequence >= question.Sequence && present.Stamp == question.Stamp)
            {
                other = present.Landed;
                return false;
            }

            if (flights.TryUpdate(own.Key, own, present))
            {
                return true;
            }
        }
    }

    /// <summary>A request under way.</summary>
    internal sealed class Flight(Flights all, string key, long sequence, long stamp)
    {
        private readonly TaskCompletionSource landed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Key => key;

        public long Sequence => sequence;

        public long Stamp => stamp;

        /// <summary>Nobody need wait any more: the response is kept, or it is known that it will not be.</summary>
        public Task Landed => landed.Task;

        public void Land()
        {
            if (landed.TrySetResult())
            {
                all.flights.TryRemove(new(key, this));
            }
        }
    }
}
