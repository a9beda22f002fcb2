using System.Collections.Immutable;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Routing;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Gateway.Compression;

/// <summary>Compresses a route's responses, by ASP.NET Core's own means.</summary>
internal sealed class CompressionStage(IServiceProvider services) : IStage
{
    private static readonly ImmutableArray<string> Types =
    [
        .. ResponseCompressionDefaults.MimeTypes,
        "application/problem+json",
        "application/ld+json",
        "application/manifest+json",
        "application/atom+xml",
        "application/rss+xml",
        "image/svg+xml",
        "text/csv",
        "text/markdown",
    ];

    public GatewayStep Build(CompiledRoute route, GatewayStep next)
    {
        if (route.Document.Compression is not { } compression)
        {
            return next;
        }

        var options = new ResponseCompressionOptions
        {
            EnableForHttps = compression.OverTls,
            MimeTypes = compression.Types.IsEmpty ? Types : compression.Types,
        };
        var middleware = new ResponseCompressionMiddleware(
            Continue, new CompressionProvider(services, Options.Create(options), compression.Minimum));
        return async call =>
        {
            var passage = new Passage(call, next);
            call.Context.Features.Set(passage);
            await middleware.Invoke(call.Context);
            return passage.Problem;
        };
    }

    private static async Task Continue(HttpContext context)
    {
        var passage = context.Features.Get<Passage>()!;
        passage.Problem = await passage.Next(passage.Call);
    }

    /// <summary>A call on its way through the middleware, which knows nothing of steps.</summary>
    private sealed class Passage(GatewayCall call, GatewayStep next)
    {
        public GatewayCall Call => call;

        public GatewayStep Next => next;

        public Problem? Problem { get; set; }
    }
}
