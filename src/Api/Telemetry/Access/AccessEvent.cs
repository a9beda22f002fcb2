using System.Collections.Immutable;
using Gatehouse.Api.Gateway;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Traffic;
using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Telemetry.Access;

/// <summary>A request that is over, as the access log tells it.</summary>
/// <param name="Context">The request and its response.</param>
/// <param name="Call">The matched call, or null when no route took it.</param>
/// <param name="Problem">Why the gateway refused it, or null.</param>
/// <param name="Figures">How it went.</param>
/// <param name="Client">The client's address.</param>
internal readonly record struct AccessEvent(
    HttpContext Context, GatewayCall? Call, Problem? Problem, CallFigures Figures, string? Client)
{
    private const int MaxText = 2048;

    /// <summary>Tells the fields, in order, to whoever writes them.</summary>
    public void Tell<TFields>(ref TFields fields) where TFields : IAccessFields, allows ref struct
    {
        var request = Context.Request;
        fields.Text("route", Call?.Plan.Id);
        fields.Text("method", request.Method);
        fields.Text("scheme", request.Scheme);
        fields.Text("host", Brief(request.Host.Value));
        // Without the query, where secrets may be.
        fields.Text("path", Brief(request.Path.Value));
        fields.Text("protocol", request.Protocol);
        fields.Number("status", Status());
        fields.Text("outcome", CallOutcomes.NameOf(Figures.Outcome));
        fields.Text("problem", Problem?.Code);
        fields.Number("durationMicros", Figures.Microseconds);
        fields.Number("bytesIn", Figures.BytesIn);
        fields.Number("bytesOut", Figures.BytesOut);
        fields.Text("consumer", Call?.Consumer);
        fields.Text("caller", Call?.Caller?.Actor);
        fields.Text("client", Client);
        fields.Text("userAgent", Brief(request.Headers.UserAgent));
        fields.Text("service", Call?.Service);
        fields.Text("instance", Call?.Instance?.Instance.Id);
        fields.Number("attempts", Call?.Attempts ?? 0);
        fields.Text("fallback", Call?.FellBack);
        fields.Text("traceId", Problem.TraceIdOf(Context));
        if (Call is { Plan.Log: { } log })
        {
            TellMore(ref fields, Call, log);
        }
    }

    private static void Headers<TFields>(ref TFields fields, string prefix, IHeaderDictionary headers, ImmutableArray<string> redact)
        where TFields : IAccessFields, allows ref struct
    {
        foreach (var (name, values) in headers)
        {
            fields.Text(prefix + name.ToLowerInvariant(), Redaction.IsSecret(name, redact) ? Redaction.Mask : Brief(values));
        }
    }

    private static void Body<TFields>(
        ref TFields fields, string name, CapturedBody? body, IHeaderDictionary headers, ImmutableArray<string> redact)
        where TFields : IAccessFields, allows ref struct
    {
        // What is compressed cannot be read without unpacking it, which a hostile body makes dear.
        if (body is null || body.Bytes.IsEmpty || headers.ContentEncoding.Count > 0)
        {
            return;
        }

        fields.Text(name, Redaction.Body(body.Bytes, headers.ContentType, redact));
        if (body.Truncated)
        {
            fields.Text(name + "Truncated", "true");
        }
    }

    private static string? Brief(string? text) => text is { Length: > MaxText } ? text[..MaxText] + "…" : text;

    private void TellMore<TFields>(ref TFields fields, GatewayCall call, Grains.Routing.Policies.RouteLog log)
        where TFields : IAccessFields, allows ref struct
    {
        var (request, response) = (Context.Request, Context.Response);
        if (log.RequestHeaders)
        {
            Headers(ref fields, "request.", request.Headers, log.Redact);
        }

        if (log.ResponseHeaders)
        {
            Headers(ref fields, "response.", response.Headers, log.Redact);
        }

        Body(ref fields, "requestBody", call.RequestBody, request.Headers, log.Redact);
        Body(ref fields, "responseBody", call.ResponseBody, response.Headers, log.Redact);
    }

    // The client has closed the connection: nothing was sent (nginx's number for it).
    private int Status() => Figures.Outcome == CallOutcome.Cancelled && !Context.Response.HasStarted
        ? StatusCodes.Status499ClientClosedRequest
        : Context.Response.StatusCode;
}

/// <summary>Takes the fields of an event.</summary>
internal interface IAccessFields
{
    /// <summary>A text; left out when null.</summary>
    void Text(string name, string? value);

    /// <summary>A number.</summary>
    void Number(string name, long value);
}
