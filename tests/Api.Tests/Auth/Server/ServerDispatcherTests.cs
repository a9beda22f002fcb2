using Gatehouse.Api.Auth.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Gatehouse.Api.Tests.Auth.Server;

/// <summary>Events go to OpenIddict's handlers as OpenIddict's own dispatcher would take them there.</summary>
public sealed class ServerDispatcherTests : IDisposable
{
    private readonly List<string> handled = [];
    private readonly Monitor options = new();
    private readonly ServiceProvider services;
    private readonly ServerDispatcher dispatcher;

    public ServerDispatcherTests()
    {
        services = new ServiceCollection().AddSingleton<Never>().AddSingleton<Always>().AddScoped(_ => new Scoped(handled)).BuildServiceProvider();
        dispatcher = new ServerDispatcher(
            new HandlerIndex(options, services, NullLoggerFactory.Instance),
            new OpenIddictServerDispatcher(NullLogger<OpenIddictServerDispatcher>.Instance, options, services),
            services);
    }

    [Fact]
    public async Task Dispatch_several_handlers_calls_those_of_the_event_in_their_order()
    {
        options.CurrentValue = With(Note<First>("1"), Note<Second>("other event"), Note<First>("2"));

        await dispatcher.DispatchAsync(new First(new OpenIddictServerTransaction()));

        handled.ShouldBe(["1", "2"]);
    }

    [Fact]
    public async Task Dispatch_filters_say_which_handlers_are_called()
    {
        options.CurrentValue = With(
            Note<First>("never", builder => builder.AddFilter<Always>().AddFilter<Never>()), Note<First>("always", builder => builder.AddFilter<Always>()));

        await dispatcher.DispatchAsync(new First(new OpenIddictServerTransaction()));

        handled.ShouldBe(["always"]);
    }

    [Fact]
    public async Task Dispatch_rejected_event_goes_no_further()
    {
        options.CurrentValue = With(
            OpenIddictServerHandlerDescriptor.CreateBuilder<First>().UseInlineHandler(context =>
            {
                context.Reject("invalid_request");
                return ValueTask.CompletedTask;
            }).Build(),
            Note<First>("after"));
        var context = new First(new OpenIddictServerTransaction());

        await dispatcher.DispatchAsync(context);

        handled.ShouldBeEmpty();
        context.IsRejected.ShouldBeTrue();
    }

    [Fact]
    public async Task Dispatch_handler_of_the_request_is_made_for_it()
    {
        options.CurrentValue = With(OpenIddictServerHandlerDescriptor.CreateBuilder<First>().UseScopedHandler<Scoped>().Build());

        await dispatcher.DispatchAsync(new First(new OpenIddictServerTransaction()));

        handled.ShouldBe(["scoped"]);
    }

    [Fact]
    public async Task Dispatch_after_the_options_have_changed_follows_the_new_ones()
    {
        options.CurrentValue = With(Note<First>("before"));
        await dispatcher.DispatchAsync(new First(new OpenIddictServerTransaction()));
        options.CurrentValue = With(Note<First>("after"));

        await dispatcher.DispatchAsync(new First(new OpenIddictServerTransaction()));

        handled.ShouldBe(["before", "after"]);
    }

    public void Dispose() => services.Dispose();

    private static OpenIddictServerOptions With(params OpenIddictServerHandlerDescriptor[] handlers)
    {
        var options = new OpenIddictServerOptions();
        options.Handlers.Clear();
        options.Handlers.AddRange(handlers);
        return options;
    }

    private OpenIddictServerHandlerDescriptor Note<TContext>(string name, Action<OpenIddictServerHandlerDescriptor.Builder<TContext>>? configure = null)
        where TContext : BaseContext
    {
        var builder = OpenIddictServerHandlerDescriptor.CreateBuilder<TContext>().UseInlineHandler(_ =>
        {
            handled.Add(name);
            return ValueTask.CompletedTask;
        });
        configure?.Invoke(builder);
        return builder.Build();
    }

    private sealed class First(OpenIddictServerTransaction transaction) : BaseValidatingContext(transaction);

    private sealed class Second(OpenIddictServerTransaction transaction) : BaseValidatingContext(transaction);

    private sealed class Scoped(List<string> handled) : IOpenIddictServerHandler<First>
    {
        public ValueTask HandleAsync(First context)
        {
            handled.Add("scoped");
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Never : IOpenIddictServerHandlerFilter<BaseContext>
    {
        public ValueTask<bool> IsActiveAsync(BaseContext context) => new(false);
    }

    private sealed class Always : IOpenIddictServerHandlerFilter<BaseContext>
    {
        // Not at once, as a filter may that asks somebody.
        public async ValueTask<bool> IsActiveAsync(BaseContext context)
        {
            await Task.Yield();
            return true;
        }
    }

    private sealed class Monitor : IOptionsMonitor<OpenIddictServerOptions>
    {
        public OpenIddictServerOptions CurrentValue { get; set; } = With();

        public OpenIddictServerOptions Get(string? name) => CurrentValue;

        public IDisposable? OnChange(Action<OpenIddictServerOptions, string?> listener) => null;
    }
}
