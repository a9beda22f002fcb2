using Gatehouse.Silo.Hosting;

namespace Gatehouse.Api.Hosting;

/// <summary>
/// While the process is on its way out, every answer ends its connection (over HTTP/2: no new requests on it): clients move
/// over by themselves, and none sends a request into a connection that is just being closed.
/// </summary>
internal sealed class DepartingConnections(RequestDelegate next, Departure departure)
{
    public Task Invoke(HttpContext context)
    {
        if (departure.HasBegun)
        {
            context.Response.OnStarting(static response =>
            {
                ((HttpResponse)response).Headers.Connection = "close";
                return Task.CompletedTask;
            }, context.Response);
        }

        return next(context);
    }
}
