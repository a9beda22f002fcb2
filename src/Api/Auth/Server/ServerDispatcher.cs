using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Gatehouse.Api.Auth.Server;

/// <summary>
/// Takes events to OpenIddict's handlers as its own dispatcher does, but looks only at those that are for the event. With the log at
/// debug, its own does it, which tells of each handler.
/// </summary>
internal sealed class ServerDispatcher(HandlerIndex handlers, OpenIddictServerDispatcher verbose, IServiceProvider services)
    : IOpenIddictServerDispatcher
{
    public ValueTask DispatchAsync<TContext>(TContext context) where TContext : BaseContext =>
        handlers.Verbose ? verbose.DispatchAsync(context) : Dispatch(handlers.Of(typeof(TContext)), context);

    private async ValueTask Dispatch<TContext>(HandlerIndex.Handler[] among, TContext context) where TContext : BaseContext
    {
        foreach (var handler in among)
        {
            if (!await IsFor(handler, context))
            {
                continue;
            }

            await ((IOpenIddictServerHandler<TContext>)(handler.Instance ?? services.GetRequiredService(handler.Type))).HandleAsync(context);
            if (context is BaseRequestContext { IsRequestHandled: true } or BaseRequestContext { IsRequestSkipped: true } or BaseValidatingContext { IsRejected: true })
            {
                return;
            }
        }
    }

    private static async ValueTask<bool> IsFor<TContext>(HandlerIndex.Handler handler, TContext context) where TContext : BaseContext
    {
        foreach (var filter in handler.Filters)
        {
            if (!await ((IOpenIddictServerHandlerFilter<TContext>)filter).IsActiveAsync(context))
            {
                return false;
            }
        }

        return true;
    }
}
