using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.Api.Problems;

/// <summary>An error as the caller sees it: RFC 9457 problem details with a stable type.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The last part of the type, <c>urn:gatehouse:error:CODE</c>; stable, in kebab-case.</param>
/// <param name="Title">What kind of error it is, the same for every occurrence.</param>
/// <param name="Detail">What went wrong this time, and what to do about it.</param>
public sealed record Problem(int Status, string Code, string Title, string? Detail = null)
{
    /// <summary>The fields in error and why, for a refused document; a path such as <c>match.path</c> names the field.</summary>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    /// <summary>Headers that go with it, such as <c>Retry-After</c>.</summary>
    public ImmutableDictionary<string, string> Headers { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The refusal of a request with fields in error: 400, naming each and why.</summary>
    public static Problem Invalid(IReadOnlyDictionary<string, string[]> errors) => new(
        StatusCodes.Status400BadRequest,
        "invalid-request",
        "The request is not valid",
        string.Join("; ", errors.Select(error => $"{error.Key} {string.Join(", ", error.Value)}")))
    {
        Errors = errors,
    };

    /// <summary>The refusal of a request with one field, parameter or header in error.</summary>
    public static Problem Invalid(string field, string why) => Invalid(new Dictionary<string, string[]> { [field] = [why] });

    /// <summary>The refusal of a command that what is so does not allow: 409, naming the field that it is about.</summary>
    public static Problem Conflict(string code, string title, string field, string why) => new(
        StatusCodes.Status409Conflict, code, title, $"{field} {why}")
    {
        Errors = new Dictionary<string, string[]> { [field] = [why] },
    };

    /// <summary>The problem with a time after which the request may be sent again.</summary>
    /// <param name="seconds">That time, in seconds.</param>
    public Problem RetryAfter(int seconds) =>
        this with { Headers = Headers.SetItem(HeaderNames.RetryAfter, seconds.ToString(CultureInfo.InvariantCulture)) };

    /// <summary>Writes the problem as the response; does nothing once the response has started.</summary>
    public Task Write(HttpContext context)
    {
        if (context.Response.HasStarted)
        {
            return Task.CompletedTask;
        }

        context.Response.Clear();
        context.Response.StatusCode = Status;
        context.Response.Headers.CacheControl = "no-store";
        foreach (var (name, value) in Headers)
        {
            context.Response.Headers[name] = value;
        }

        var body = new ProblemBody(
            $"urn:gatehouse:error:{Code}",
            Title,
            Status,
            Detail,
            TraceIdOf(context),
            Errors);
        return context.Response.WriteAsJsonAsync(body, ProblemJson.Default.ProblemBody, "application/problem+json", context.RequestAborted);
    }

    /// <summary>What the problem and the log call the request by: the trace, or without tracing the server's own id.</summary>
    internal static string TraceIdOf(HttpContext context) =>
        Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;

    /// <summary>The problem as an endpoint's result.</summary>
    public IResult AsResult() => new ProblemResult(this);

    private sealed class ProblemResult(Problem problem) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => problem.Write(httpContext);
    }
}

internal sealed record ProblemBody(
    string Type,
    string Title,
    int Status,
    string? Detail,
    string TraceId,
    IReadOnlyDictionary<string, string[]>? Errors);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProblemBody))]
internal sealed partial class ProblemJson : JsonSerializerContext;
