using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using Gatehouse.Cluster.Tests.Harness;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Cluster.Tests.Coherence;

/// <summary>
/// A service that keeps of every call when it was sent and when it arrived, and afterwards tells those that should not have come.
/// </summary>
internal sealed class CountingInstance : IAsyncDisposable
{
    /// <summary>When the caller sent the call, on the clock of <see cref="Stopwatch"/>.</summary>
    public const string SentAtHeader = "Sent-At";

    /// <summary>Names the instance in its answers.</summary>
    public const string AnsweredByHeader = "Answered-By";

    private readonly ConcurrentQueue<Arrival> arrivals = new();
    private readonly List<Absence> absences = [];
    private LocalService service = null!;

    private CountingInstance(string name) => Name = name;

    public string Name { get; }

    public Uri Address => service.Address;

    public int Calls => arrivals.Count;

    public static async Task<CountingInstance> Start(string name, IPAddress? address = null)
    {
        var instance = new CountingInstance(name);
        instance.service = await LocalService.Start(instance.Answer, address);
        return instance;
    }

    /// <summary>To be called before the registration is sent.</summary>
    public void Registering()
    {
        lock (absences)
        {
            if (absences is [.., { Until: long.MaxValue } last])
            {
                absences[^1] = last with { Until = Stopwatch.GetTimestamp() };
            }
        }
    }

    /// <summary>To be called once the deregistration is answered.</summary>
    public void Deregistered()
    {
        lock (absences)
        {
            absences.Add(new Absence(Stopwatch.GetTimestamp(), long.MaxValue));
        }
    }

    /// <summary>Calls that were sent after a deregistration was answered, and came here before the next registration.</summary>
    public IReadOnlyList<Arrival> Forbidden() => Absent((arrival, absence) => arrival.SentAt > absence.From);

    /// <summary>Calls that came here while it was deregistered and had been sent after the given moment.</summary>
    public IReadOnlyList<Arrival> ForbiddenSince(long moment) => Absent((arrival, _) => arrival.SentAt > moment);

    /// <summary>Calls that were under way when a deregistration was answered, which coherence allows.</summary>
    public int InFlightAtTheAnswer() => Absent((arrival, absence) => arrival.SentAt <= absence.From).Count;

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    private List<Arrival> Absent(Func<Arrival, Absence, bool> condition)
    {
        // The arrivals first: of each of them the absences tell then whether it had ended before. The other way round, what came after
        // the end of one that was read as open would count.
        Arrival[] came = [.. arrivals];
        Absence[] known;
        lock (absences)
        {
            known = [.. absences];
        }

        // Absences follow one another, so at most one of them has the moment of an arrival.
        var found = new List<Arrival>();
        foreach (var arrival in came)
        {
            var index = Array.FindLastIndex(known, absence => absence.From <= arrival.At);
            if (index >= 0 && arrival.At < known[index].Until && condition(arrival, known[index]))
            {
                found.Add(arrival);
            }
        }

        return found;
    }

    private Task Answer(HttpContext context)
    {
        var sentAt = long.Parse(context.Request.Headers[SentAtHeader].ToString(), CultureInfo.InvariantCulture);
        arrivals.Enqueue(new Arrival(sentAt, Stopwatch.GetTimestamp(), context.Request.Headers["X-Forwarded-Host"].ToString()));
        context.Response.Headers[AnsweredByHeader] = Name;
        return Task.CompletedTask;
    }

    /// <summary>A call that reached the instance, when, and by which front door.</summary>
    internal readonly record struct Arrival(long SentAt, long At, string By);

    private readonly record struct Absence(long From, long Until);
}
