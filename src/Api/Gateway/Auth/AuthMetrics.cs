using System.Diagnostics.Metrics;

namespace Gatehouse.Api.Gateway.Auth;

/// <summary>What the front door's authentication counts, on the meter <c>Gatehouse.Identity</c>.</summary>
internal sealed class AuthMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Gatehouse.Identity";

    private readonly Counter<long> verifications;
    private readonly Counter<long> refusals;

    public AuthMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        verifications = meter.CreateCounter<long>(
            "gatehouse.auth.verifications", "{credential}", "Credentials that were verified, because they were not remembered.");
        refusals = meter.CreateCounter<long>("gatehouse.auth.refusals", "{request}", "Requests that were refused, by route and reason.");
    }

    public void Verified(CredentialKind kind, Refusal refusal) => verifications.Add(
        1, new KeyValuePair<string, object?>("kind", NameOf(kind)), new KeyValuePair<string, object?>("outcome", NameOf(refusal)));

    public void Refused(string route, Refusal refusal) => refusals.Add(
        1, new KeyValuePair<string, object?>("gatehouse.route", route), new KeyValuePair<string, object?>("reason", NameOf(refusal)));

    private static string NameOf(CredentialKind kind) => kind switch
    {
        CredentialKind.Bearer => "token",
        CredentialKind.ApiKey => "api-key",
        _ => "session",
    };

    private static string NameOf(Refusal refusal) => refusal switch
    {
        Refusal.None => "accepted",
        Refusal.Missing => "missing",
        Refusal.Invalid => "invalid",
        Refusal.Unknown => "unknown",
        Refusal.CrossSite => "cross-site",
        _ => "forbidden",
    };
}
