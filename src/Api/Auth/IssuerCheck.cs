using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Auth;

/// <summary>Says at the start of a front door of a cluster that it issues in its own name alone, where nobody has said whose.</summary>
internal sealed partial class IssuerCheck(GatehouseOptions gatehouse, IOptions<AuthOptions> auth, ILogger<IssuerCheck> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!gatehouse.Embedded && auth.Value.Issuer is null)
        {
            Log.NoIssuer(logger, $"{AuthOptions.Section}:Issuer");
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, EventName = "NoIssuer", Level = LogLevel.Warning, Message = "{Setting} is not set: tokens are issued in the name of this front door's own address, and others do not take them")]
        public static partial void NoIssuer(ILogger logger, string setting);
    }
}
