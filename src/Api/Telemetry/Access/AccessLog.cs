using Gatehouse.Api.Gateway;
using Gatehouse.Api.Gateway.Forwarding;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Traffic;
using Gatehouse.Grains.Traffic;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Telemetry.Access;

/// <summary>
/// One structured event a request: a line of JSON on standard output, and a log record for OTLP where a collector is
/// named. Of requests without an error a share is logged, of errors each.
/// </summary>
internal sealed class AccessLog(
    AccessWriter writer, IOptions<AccessLogOptions> options, Peers peers, Random random, TimeProvider time, ILoggerFactory loggers)
{
    /// <summary>The category of the log records.</summary>
    public const string Category = "Gatehouse.Access";

    private readonly AccessLogOptions options = options.Value;
    private readonly ILogger logger = loggers.CreateLogger(Category);

    /// <summary>Logs a request that is over, if it is to be.</summary>
    public void Write(HttpContext context, GatewayCall? call, Problem? problem, in CallFigures figures)
    {
        var route = call?.Plan.Log;
        if ((!options.Enabled && route is null) || !IsSampled(figures.Outcome, route?.Sample ?? options.Sample))
        {
            return;
        }

        var access = new AccessEvent(context, call, problem, figures, peers.ClientOf(context) is { } client ? TextOf(client, context) : null);
        if (options.Console)
        {
            writer.Append(AccessLine.Own.Of(access, time.GetUtcNow()));
        }

        if (logger.IsEnabled(LogLevel.Information))
        {
            AccessRecord.Log(logger, access);
        }
    }

    private bool IsSampled(CallOutcome outcome, double share) => outcome.IsError() || share >= 1 || random.NextDouble() < share;

    // The text of a sender that calls again and again is there already.
    private string TextOf(System.Net.IPAddress client, HttpContext context)
    {
        var peer = peers.Of(context);
        return client.Equals(peer.Address) ? peer.Text : client.ToString();
    }
}
