using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Api.Tests.Gateway.PriorKnowledge;

public sealed class PrefaceSnifferTests
{
    private const string Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    // SETTINGS, empty, and what the server must send first as well.
    private static readonly byte[] Settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Preface_byte_by_byte_is_http2()
    {
        await using var front = await Front.Start([], []);
        using var client = await Connect(front);

        await SendSlowly(client, [.. Encoding.ASCII.GetBytes(Preface), .. Settings]);

        var frame = new byte[9];
        await client.GetStream().ReadExactlyAsync(frame, Cancellation);
        frame[3].ShouldBe((byte)4);
    }

    [Theory]
    [InlineData("GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")]
    [InlineData("PUT /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("PRI /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")]
    public async Task Request_byte_by_byte_is_http1(string request)
    {
        await using var upstream = await Upstream.Start(context => context.Response.WriteAsync(context.Request.Method));
        await using var front = await Front.Start([Make.Route("/{**rest}")], [Make.Entry("1", upstream.Address)]);
        using var client = await Connect(front);

        await SendSlowly(client, Encoding.ASCII.GetBytes(request));

        using var reader = new StreamReader(client.GetStream());
        (await reader.ReadToEndAsync(Cancellation)).ShouldStartWith("HTTP/1.1 200 ");
    }

    [Theory]
    [InlineData("")]
    [InlineData("PRI * HT")]
    public async Task Connection_that_does_not_say_what_it_is_is_closed_in_time(string start)
    {
        await using var front = await Front.Start(
            [], [], kestrel: options => options.Limits.RequestHeadersTimeout = TimeSpan.FromMilliseconds(200));
        using var client = await Connect(front);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(start), Cancellation);

        var read = await ReadOrReset(client).WaitAsync(TimeSpan.FromSeconds(10), Cancellation);

        read.ShouldBe(0);
    }

    [Fact]
    public async Task Server_stops_while_a_connection_has_said_nothing()
    {
        await using var front = await Front.Start([], []);
        using var silent = await Connect(front);
        using var half = await Connect(front);
        await half.GetStream().WriteAsync("PRI * "u8.ToArray(), Cancellation);

        var stopped = front.Stop();
        await Task.WhenAny(stopped, Task.Delay(TimeSpan.FromSeconds(10), Cancellation));

        stopped.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task Http2_connection_ends_when_the_client_goes()
    {
        var reached = new TaskCompletionSource();
        var aborted = new TaskCompletionSource();
        await using var upstream = await Upstream.Start(async context =>
        {
            context.RequestAborted.Register(() => aborted.TrySetResult());
            reached.TrySetResult();
            await aborted.Task;
        });
        await using var front = await Front.Start([Make.Route("/{**rest}")], [Make.Entry("1", upstream.Address)]);
        var call = front.Http2Client.GetAsync("/x", Cancellation);
        await reached.Task.WaitAsync(Cancellation);

        front.Http2Client.Dispose();

        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
        await Should.ThrowAsync<Exception>(() => call);
    }

    private static async Task<TcpClient> Connect(Front front)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(front.Url.Host, front.Url.Port, Cancellation);
        return client;
    }

    private static async Task SendSlowly(TcpClient client, byte[] bytes)
    {
        foreach (var value in bytes)
        {
            await client.GetStream().WriteAsync(new[] { value }, Cancellation);
            await Task.Yield();
        }
    }

    private static async Task<int> ReadOrReset(TcpClient client)
    {
        try
        {
            return await client.GetStream().ReadAsync(new byte[100], Cancellation);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
