using System.Diagnostics.Metrics;
using Gatehouse.Api.Gateway.Auth;

namespace Gatehouse.Api.Auth.Logout;

/// <summary>What telling clients of the ends of sessions counts, on the meter <c>Gatehouse.Identity</c>.</summary>
internal sealed class LogoutMetrics
{
    private readonly Counter<long> attempts;

    public LogoutMetrics(IMeterFactory meters) => attempts = meters.Create(AuthMetrics.MeterName).CreateCounter<long>(
        "gatehouse.auth.logout.attempts", "{attempt}", "Attempts to tell clients that a session has ended, by outcome.");

    public void Attempted(bool delivered) => attempts.Add(1, new KeyValuePair<string, object?>("outcome", delivered ? "delivered" : "failed"));
}
