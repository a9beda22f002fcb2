using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gatehouse.Api.Hosting;

/// <summary>How the management listener treats its connections.</summary>
internal static class ManagementListener
{
    public static void Configure(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.Mark(ListenerFeature.Management);
    }
}
