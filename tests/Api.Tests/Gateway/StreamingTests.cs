using System.Net.WebSockets;
using System.Text;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Gateway;

public sealed class StreamingTests
{
    private static readonly Grpc.Core.Marshaller<string> Text = Marshallers.Create(Encoding.UTF8.GetBytes, Encoding.UTF8.GetString);
    private static readonly TimeSpan ShortTimeout = TimeSpan.FromMilliseconds(400);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Web_socket_leaves_its_place_in_the_bulkhead()
    {
        await using var upstream = await Upstream.Start(app =>
        {
            app.UseWebSockets();
            app.Run(async context =>
            {
                if (context.WebSockets.IsWebSocketRequest)
                {
                    using var socket = await context.WebSockets.AcceptWebSocketAsync();
                    await socket.ReceiveAsync(new byte[1].AsMemory(), context.RequestAborted);
                }
            });
        });
        await using var front = await Front.Start(
            [Make.Route("/{**rest}") with { Bulkhead = new RouteBulkhead { Concurrent = 1 } }], [Make.Entry("1", upstream.Address)]);
        using var first = new ClientWebSocket();
        using var second = new ClientWebSocket();
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());

        await first.ConnectAsync(new Uri($"ws://{front.Url.Authority}/chat"), invoker, Cancellation);
        await second.ConnectAsync(new Uri($"ws://{front.Url.Authority}/chat"), invoker, Cancellation);
        using var response = await front.Client.GetAsync("/books/1", Cancellation);

        first.State.ShouldBe(WebSocketState.Open);
        second.State.ShouldBe(WebSocketState.Open);
        response.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Web_socket_carries_messages_longer_than_the_timeout(bool http2)
    {
        await using var upstream = await Upstream.Start(app =>
        {
            app.UseWebSockets();
            app.Use(async (HttpContext context, RequestDelegate _) =>
            {
                using var socket = await context.WebSockets.AcceptWebSocketAsync("chat");
                var buffer = new byte[1024];
                while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { MessageType: not WebSocketMessageType.Close } message)
                {
                    await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, true, context.RequestAborted);
                }

                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", context.RequestAborted);
            });
        });
        await using var front = await Front.Start(
            [Make.Route("/{**rest}") with { Timeout = ShortTimeout, Match = new RouteMatch { Path = "/{**rest}", Methods = ["GET"] } }],
            [Make.Entry("1", upstream.Address)]);
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("chat");
        if (http2)
        {
            socket.Options.HttpVersion = System.Net.HttpVersion.Version20;
            socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        }

        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler());
        await socket.ConnectAsync(new Uri($"ws://{front.Url.Authority}/chat"), invoker, Cancellation);
        for (var i = 0; i < 4; i++)
        {
            await Task.Delay(ShortTimeout / 3, Cancellation);
            await socket.SendAsync(Encoding.UTF8.GetBytes($"message {i}"), WebSocketMessageType.Text, true, Cancellation);
            var buffer = new byte[1024];
            var echo = await socket.ReceiveAsync(buffer, Cancellation);
            Encoding.UTF8.GetString(buffer, 0, echo.Count).ShouldBe($"message {i}");
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", Cancellation);

        socket.SubProtocol.ShouldBe("chat");
        socket.CloseStatusDescription.ShouldBe("bye");
    }

    [Fact]
    public async Task Grpc_unary_call_carries_metadata_and_trailers()
    {
        await using var rig = await Rig.Start();

        var call = rig.Invoker.AsyncUnaryCall(Echo.Unary, null, new CallOptions(new Metadata { { "x-in", "1" } }), "hello");

        (await call).ShouldBe("hello 1");
        call.GetTrailers().GetValue("x-out").ShouldBe("2");
    }

    [Fact]
    public async Task Grpc_error_comes_back_as_its_status()
    {
        await using var rig = await Rig.Start();

        var error = await Should.ThrowAsync<RpcException>(() =>
            rig.Invoker.AsyncUnaryCall(Echo.Unary, null, default, "fail").ResponseAsync);

        error.StatusCode.ShouldBe(StatusCode.FailedPrecondition);
        error.Status.Detail.ShouldBe("as asked");
    }

    [Fact]
    public async Task Grpc_client_stream_may_take_longer_than_the_timeout()
    {
        await using var rig = await Rig.Start();

        using var call = rig.Invoker.AsyncClientStreamingCall(Echo.Upload, null, default);
        for (var i = 0; i < 4; i++)
        {
            await call.RequestStream.WriteAsync($"{i}", Cancellation);
            await Task.Delay(ShortTimeout / 3, Cancellation);
        }

        await call.RequestStream.CompleteAsync();

        (await call).ShouldBe("0123");
    }

    [Fact]
    public async Task Grpc_server_stream_may_take_longer_than_the_timeout()
    {
        await using var rig = await Rig.Start();

        using var call = rig.Invoker.AsyncServerStreamingCall(Echo.Download, null, default, "x");

        (await call.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation)).ShouldBe(["x0", "x1", "x2", "x3"]);
    }

    [Fact]
    public async Task Grpc_duplex_stream_answers_each_message_before_the_next()
    {
        await using var rig = await Rig.Start();

        using var call = rig.Invoker.AsyncDuplexStreamingCall(Echo.Duplex, null, default);
        for (var i = 0; i < 4; i++)
        {
            await call.RequestStream.WriteAsync($"{i}", Cancellation);
            (await call.ResponseStream.MoveNext(Cancellation)).ShouldBeTrue();
            call.ResponseStream.Current.ShouldBe($"{i}");
            await Task.Delay(ShortTimeout / 3, Cancellation);
        }

        await call.RequestStream.CompleteAsync();
        (await call.ResponseStream.MoveNext(Cancellation)).ShouldBeFalse();
    }

    /// <summary>A gRPC service behind the gateway, and a client of the gateway.</summary>
    private sealed class Rig(Upstream upstream, Front front, GrpcChannel channel) : IAsyncDisposable
    {
        public CallInvoker Invoker { get; } = channel.CreateCallInvoker();

        public static async Task<Rig> Start()
        {
            var upstream = await Upstream.Start(
                app => app.MapGrpcService<Echo>(),
                HttpProtocols.Http2,
                services =>
                {
                    services.AddGrpc();
                    services.AddSingleton<IServiceMethodProvider<Echo>, Echo.Methods>();
                });
            var front = await Front.Start(
                [Make.Route("/{**rest}") with { Timeout = ShortTimeout }], [Make.Entry("1", upstream.Address)]);
            return new Rig(upstream, front, GrpcChannel.ForAddress(front.Url));
        }

        public async ValueTask DisposeAsync()
        {
            channel.Dispose();
            await front.DisposeAsync();
            await upstream.DisposeAsync();
        }
    }

    private sealed class Echo
    {
        public static readonly Method<string, string> Unary = new(MethodType.Unary, "test.Echo", "Unary", Text, Text);
        public static readonly Method<string, string> Upload = new(MethodType.ClientStreaming, "test.Echo", "Upload", Text, Text);
        public static readonly Method<string, string> Download = new(MethodType.ServerStreaming, "test.Echo", "Download", Text, Text);
        public static readonly Method<string, string> Duplex = new(MethodType.DuplexStreaming, "test.Echo", "Duplex", Text, Text);

        public sealed class Methods : IServiceMethodProvider<Echo>
        {
            public void OnServiceMethodDiscovery(ServiceMethodProviderContext<Echo> context)
            {
                context.AddUnaryMethod(Unary, [], (_, request, call) => Answer(request, call));
                context.AddClientStreamingMethod(Upload, [], (_, requests, call) => Join(requests, call));
                context.AddServerStreamingMethod(Download, [], (_, request, responses, call) => Count(request, responses, call));
                context.AddDuplexStreamingMethod(Duplex, [], (_, requests, responses, call) => Reply(requests, responses, call));
            }

            private static Task<string> Answer(string request, ServerCallContext context)
            {
                if (request == "fail")
                {
                    throw new RpcException(new Status(StatusCode.FailedPrecondition, "as asked"));
                }

                context.ResponseTrailers.Add("x-out", "2");
                return Task.FromResult($"{request} {context.RequestHeaders.GetValue("x-in")}");
            }

            private static async Task<string> Join(IAsyncStreamReader<string> requests, ServerCallContext context) =>
                string.Concat(await requests.ReadAllAsync(context.CancellationToken).ToListAsync(context.CancellationToken));

            private static async Task Count(string request, IServerStreamWriter<string> responses, ServerCallContext context)
            {
                for (var i = 0; i < 4; i++)
                {
                    await responses.WriteAsync($"{request}{i}", context.CancellationToken);
                    await Task.Delay(ShortTimeout / 3, context.CancellationToken);
                }
            }

            private static async Task Reply(
                IAsyncStreamReader<string> requests, IServerStreamWriter<string> responses, ServerCallContext context)
            {
                await foreach (var request in requests.ReadAllAsync(context.CancellationToken))
                {
                    await responses.WriteAsync(request, context.CancellationToken);
                }
            }
        }
    }
}
