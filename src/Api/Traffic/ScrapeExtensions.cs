using System.Text;

namespace Gatehouse.Api.Traffic;

/// <summary>Joins the traffic statistics to what OpenTelemetry's exporter answers a scrape with.</summary>
internal static class ScrapeExtensions
{
    // What ends a document in OpenMetrics' dialect.
    private static readonly byte[] End = "# EOF\n"u8.ToArray();

    /// <summary>Appends the statistics to every scrape.</summary>
    public static void WithTraffic(this IEndpointConventionBuilder scrape) =>
        scrape.Add(endpoint => endpoint.RequestDelegate = Around(endpoint.RequestDelegate!));

    private static RequestDelegate Around(RequestDelegate scrape) => async context =>
    {
        var response = context.Response;
        var body = response.Body;
        using var exported = new MemoryStream();
        response.Body = exported;
        // The exporter would compress its part.
        context.Request.Headers.AcceptEncoding = default;
        try
        {
            await scrape(context);
        }
        finally
        {
            response.Body = body;
        }

        var own = "";
        var openMetrics = response.ContentType?.Contains("openmetrics", StringComparison.OrdinalIgnoreCase) == true;
        if (response.StatusCode == StatusCodes.Status200OK)
        {
            own = TrafficExposition.Write(context.RequestServices.GetRequiredService<TrafficTable>(), openMetrics);
            response.ContentType ??= "text/plain; version=0.0.4; charset=utf-8";
            response.ContentLength = null;
        }

        var text = exported.GetBuffer().AsMemory(0, (int)exported.Length);
        if (openMetrics && text.Span.EndsWith(End))
        {
            text = text[..^End.Length];
        }

        await body.WriteAsync(text, context.RequestAborted);
        await body.WriteAsync(Encoding.UTF8.GetBytes(own), context.RequestAborted);
        if (openMetrics)
        {
            await body.WriteAsync(End, context.RequestAborted);
        }
    };
}
