using Gatehouse.Api.Gateway;
using Gatehouse.Api.Gateway.Attempts;
using Gatehouse.Api.Gateway.Fallbacks;
using Gatehouse.Api.Gateway.RequestSizes;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Routing;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Api.Modules;

/// <summary>One module: its endpoints answer in this process.</summary>
internal sealed class ModuleUpstream(IServiceModule module, RequestDelegate endpoints)
{
    // What a module's endpoints read is documents of theirs, not files; one that takes more says so itself.
    private const long BodyLimit = 1024 * 1024;

    private readonly string prefix = $"/{module.Name}";
    private readonly string service = module.Name.ToUpperInvariant();

    public IServiceModule Module => module;

    public async ValueTask<Problem?> Answer(GatewayCall call, CompiledRoute route)
    {
        var started = GatewayRecorder.Start();
        var series = call.EnterService(service);
        Problem? problem = null;
        try
        {
            problem = await Run(call, route);
            return problem;
        }
        finally
        {
            series.Leave(call.Figures(started, RequestOutcome.Of(call.Context, call, problem)));
        }
    }

    private async ValueTask<Problem?> Run(GatewayCall call, CompiledRoute route)
    {
        var context = call.Context;
        var (path, aborted) = (context.Request.Path, context.RequestAborted);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        if (call.Fallback is OtherService)
        {
            // It needs the body from its start, should it answer instead.
            call.Upload ??= Upload.Of(call);
        }

        call.Upload?.Attach();
        var before = HeadersOf(context.Response);
        Prepare(context, route, path);
        try
        {
            deadline.CancelAfter(route.PerTry);
            context.RequestAborted = deadline.Token;
            await endpoints(context);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            // Told below, unless it is the client who has gone.
        }
        finally
        {
            context.RequestAborted = aborted;
            context.Request.Path = path;
        }

        if (!deadline.IsCancellationRequested || aborted.IsCancellationRequested || context.Response.HasStarted)
        {
            return null;
        }

        call.TakeBackStatus();
        context.Response.Headers.Clear();
        foreach (var (name, values) in before)
        {
            context.Response.Headers[name] = values;
        }

        return GatewayProblems.UpstreamTimeout(route.PerTry);
    }

    // What policies have written; of a module that was late nothing is to stay.
    private static KeyValuePair<string, StringValues>[] HeadersOf(HttpResponse response) => response.Headers.Count == 0 ? [] : [.. response.Headers];

    private void Prepare(HttpContext context, CompiledRoute route, PathString path)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { } size)
        {
            if (size.IsReadOnly)
            {
                // A service that was asked before has begun to read it, so that the server's limit is fixed.
                context.Request.Body = new LimitedBody(context.Request.Body, BodyLimit);
            }
            else
            {
                size.MaxRequestBodySize = BodyLimit;
            }
        }

        foreach (var name in route.RemoveHeaders)
        {
            context.Request.Headers.Remove(name);
        }

        foreach (var (name, value) in route.SetHeaders)
        {
            context.Request.Headers[name] = value;
        }

        var own = Own(path.Value ?? "", route.Path);
        if (own is not null)
        {
            context.Request.Path = prefix + own;
            var end = path.Value!.Length - own.Length;
            context.SetPublicPrefix(path.Value.EndsWith(own, StringComparison.Ordinal) ? new PathString(path.Value[..end]).ToUriComponent() : prefix);
        }
    }

    // The path in the module; null when the client's is just that after the module's own prefix.
    private string? Own(string path, PathRewrite rewrite)
    {
        var removes = rewrite.RemovePrefix.Length > 0
            && path.StartsWith(rewrite.RemovePrefix, StringComparison.OrdinalIgnoreCase)
            && (path.Length == rewrite.RemovePrefix.Length || path[rewrite.RemovePrefix.Length] == '/');
        if (removes && rewrite.AddPrefix.Length == 0 && path.StartsWith(prefix, StringComparison.Ordinal) && prefix.Length == rewrite.RemovePrefix.Length)
        {
            return null;
        }

        return rewrite.AddPrefix + (removes ? path[rewrite.RemovePrefix.Length..] : path);
    }
}
