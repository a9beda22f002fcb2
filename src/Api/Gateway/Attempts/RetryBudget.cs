namespace Gatehouse.Api.Gateway.Attempts;

/// <summary>
/// How many retries a service's requests may cause, so that they do not bury a service that is down: a share of the
/// requests, and a few more, counted over the last ten seconds or so. Both counts run out exponentially, which is a token
/// bucket whose tokens expire, in closed form: it costs something only when a retry is wanted.
/// </summary>
/// <param name="attempts">How many attempts of the service's requests there were ever.</param>
/// <param name="time">The clock.</param>
internal sealed class RetryBudget(Func<long> attempts, TimeProvider time)
{
    /// <summary>The retries that are allowed within the window in any case.</summary>
    public const int Reserve = 10;

    private const double WindowSeconds = 10;

    private readonly Lock gate = new();
    private long countedAt = time.GetTimestamp();
    private long counted = attempts();
    private double recent;
    private double spent;

    // Retries that were taken, and are yet to be seen among the attempts: they are no requests.
    private long owed;

    /// <summary>Takes a retry; false when the budget is used up.</summary>
    /// <param name="share">Retries as a share of requests.</param>
    public bool TryTake(double share)
    {
        lock (gate)
        {
            Count();
            if (spent + 1 > Reserve + (share * recent))
            {
                return false;
            }

            spent++;
            owed++;
            return true;
        }
    }

    // Holds the gate. What came is taken to have come evenly over the time since; of it the older part has run out.
    private void Count()
    {
        var (now, total) = (time.GetTimestamp(), attempts());
        var seconds = time.GetElapsedTime(countedAt, now).TotalSeconds;
        var left = Math.Exp(-seconds / WindowSeconds);
        // Attempts that were idle for long are counted anew.
        var came = total < counted ? total : total - counted;
        var retries = Math.Min(owed, came);
        owed -= retries;
        came -= retries;
        recent = (recent * left) + (seconds > 0 ? came * WindowSeconds / seconds * (1 - left) : came);
        spent *= left;
        (countedAt, counted) = (now, total);
    }
}
