namespace Gatehouse.Api.Hosting;

/// <summary>What a started front door tells on stdout: where it listens, where its data is, what to try next.</summary>
internal static class Banner
{
    public static string Text(Listeners listeners, GatehouseOptions options, bool ready)
    {
        var management = listeners.Management.ToString().TrimEnd('/');
        var store = options.Embedded ? $"data in {Path.GetFullPath(options.DataPath)}" : "cluster mode, data in Redis";
        var credentials = options.Embedded ? "" : " -H \"Authorization: Bearer $GATEHOUSE_SECRET\"";
        var next = options.AutoRoutesInForce
            ? $"""
                Try it, with any HTTP server of yours at 127.0.0.1:9000:
                  curl -X PUT {management}/registry/v1/services/hello/instances/1{credentials} -H 'Content-Type: application/json' -d '{"{"}"address":"http://127.0.0.1:9000","leaseSeconds":300{"}"}'
                  curl {listeners.Public}hello/
              """
            : $"  Routes: curl {management}/admin/v1/routes{credentials}";
        return $"""
            Gatehouse is {(ready ? "ready" : "up, but not ready yet: see /health/ready")} ({store}).
              public      {listeners.Public}  gateway for clients
              management  {listeners.Management}  registry, routes, /health/ready, /metrics, /dashboard/, /scalar
            {next}
            """;
    }
}
