using System.Net;
using System.Text.Json;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Routing;
using Gatehouse.Grains.Routing.Policies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gatehouse.Api.Tests.Gateway;

public sealed class ForwardingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_to_a_route_reaches_the_instance_and_its_answer_comes_back()
    {
        await using var upstream = await Upstream.Start(async context =>
        {
            context.Response.StatusCode = StatusCodes.Status201Created;
            context.Response.Headers["X-Answer"] = new[] { "a", "b" };
            await context.Response.WriteAsync($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}");
        });
        await using var front = await Front.Start([Make.Route("/books/{**rest}")], [Make.Entry("1", upstream.Address)]);

        using var response = await front.Client.PutAsync("/books/7?x=1&y=%2F", new StringContent("body"), Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        response.Headers.GetValues("X-Answer").ShouldBe(["a", "b"]);
        (await response.Content.ReadAsStringAsync(Cancellation)).ShouldBe("PUT /books/7?x=1&y=%2F");
    }

    [Fact]
    public async Task Http2_client_without_tls_is_served_on_the_same_port()
    {
        await using var upstream = await Upstream.Start(context => context.Response.WriteAsync(context.Request.Protocol));
        await using var front = await Front.Start([Make.Route("/{**rest}")], [Make.Entry("1", upstream.Address)]);

        using var second = await front.Http2Client.GetAsync("/x", Cancellation);
        using var first = await front.Client.GetAsync("/x", Cancellation);

        second.Version.ShouldBe(HttpVersion.Version20);
        (await second.Content.ReadAsStringAsync(Cancellation)).ShouldBe("HTTP/1.1");
        first.Version.ShouldBe(HttpVersion.Version11);
    }

    [Theory]
    [InlineData("/books/7", "/books/7")]
    [InlineData("/BOOKS", "/BOOKS")]
    public async Task Automatic_route_takes_the_service_from_the_first_segment(string path, string sent)
    {
        await using var upstream = await Upstream.Start(context =>
            context.Response.WriteAsync(context.Request.Path + " " + context.Request.Headers["X-Forwarded-Prefix"]));
        await using var front = await Front.Start([], [Make.Entry("1", upstream.Address)]);

        var answer = await front.Client.GetStringAsync(path, Cancellation);

        var rest = sent.Length > "/books".Length ? sent["/books".Length..] : "/";
        answer.ShouldBe($"{rest} {sent[.."/books".Length]}");
    }

    [Fact]
    public async Task Automatic_routes_off_gives_no_route()
    {
        await using var front = await Front.Start([], [Make.Entry("1")], options => options.AutoRoutes = false);

        await ShouldBeProblem(front, "/books/7", 404, "no-route");
    }

    [Fact]
    public async Task Views_that_never_came_give_not_ready_instead_of_no_route()
    {
        await using var front = await Front.Start([], []);
        front.Routes.State = LeaseState.Empty;

        await ShouldBeProblem(front, "/books/7", 503, "not-ready");
    }

    [Fact]
    public async Task Service_that_has_gone_has_no_automatic_route_any_more()
    {
        await using var upstream = await Upstream.Start(context => Task.CompletedTask);
        await using var front = await Front.Start([], [Make.Entry("1", upstream.Address)]);
        (await front.Client.GetAsync("/books", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);

        front.Registry.Current = Make.Registry();

        await ShouldBeProblem(front, "/books", 404, "no-route");
    }

    [Fact]
    public async Task Service_without_instances_gives_no_instance()
    {
        await using var front = await Front.Start([Make.Route("/{**rest}")], []);

        var response = await ShouldBeProblem(front, "/x", 503, "no-instance");

        response.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Instance_that_refuses_connections_gives_upstream_unreachable()
    {
        string address;
        await using (var upstream = await Upstream.Start(context => Task.CompletedTask))
        {
            address = upstream.Address;
        }

        await using var front = await Front.Start([Make.Route("/{**rest}")], [Make.Entry("1", address)]);

        await ShouldBeProblem(front, "/x", 502, "upstream-unreachable");
    }

    [Fact]
    public async Task Instance_that_hangs_up_before_answering_gives_upstream_failed()
    {
        await using var upstream = await Upstream.Start(context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        await using var front = await Front.Start([Make.Route("/{**rest}")], [Make.Entry("1", upstream.Address)]);

        await ShouldBeProblem(front, "/x", 502, "upstream-failed");
    }

    [Fact]
    public async Task Instance_that_does_not_answer_in_time_gives_upstream_timeout_and_is_let_go()
    {
        var released = new TaskCompletionSource();
        await using var upstream = await Upstream.Start(async context =>
        {
            context.RequestAborted.Register(() => released.TrySetResult());
            await released.Task;
        });
        var route = Make.Route("/{**rest}") with { Timeout = TimeSpan.FromMilliseconds(200), Retry = new RouteRetry { Attempts = 1 } };
        await using var front = await Front.Start([route], [Make.Entry("1", upstream.Address)]);

        await ShouldBeProblem(front, "/x", 504, "upstream-timeout");

        await released.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
        front.Registry.Current.Services["BOOKS"].Routable[0].InFlight.ShouldBe(0);
    }

    [Fact]
    public async Task Timeout_counts_from_the_end_of_the_upload()
    {
        await using var upstream = await Upstream.Start(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            await context.Response.WriteAsync("done");
        });
        var route = Make.Route("/{**rest}") with { Timeout = TimeSpan.FromMilliseconds(300) };
        await using var front = await Front.Start([route], [Make.Entry("1", upstream.Address)]);

        var content = new PushContent(async stream =>
        {
            for (var i = 0; i < 4; i++)
            {
                await stream.WriteAsync(new byte[10], Cancellation);
                await stream.FlushAsync(Cancellation);
                await Task.Delay(150, Cancellation);
            }
        });
        using var response = await front.Client.PostAsync("/x", content, Cancellation);

        (await response.Content.ReadAsStringAsync(Cancellation)).ShouldBe("done");
    }

    [Fact]
    public async Task Events_go_on_longer_than_the_timeout_and_come_one_by_one()
    {
        var next = new SemaphoreSlim(0);
        await using var upstream = await Upstream.Start(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            for (var i = 0; i < 3; i++)
            {
                await context.Response.WriteAsync($"data: {i}\n\n", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await next.WaitAsync(context.RequestAborted);
                await Task.Delay(150, context.RequestAborted);
            }
        });
        var route = Make.Route("/{**rest}") with { Timeout = TimeSpan.FromMilliseconds(200) };
        await using var front = await Front.Start([route], [Make.Entry("1", upstream.Address)]);

        await using var stream = await front.Client.GetStreamAsync("/x", Cancellation);
        using var reader = new StreamReader(stream);
        for (var i = 0; i < 3; i++)
        {
            (await reader.ReadLineAsync(Cancellation)).ShouldBe($"data: {i}");
            (await reader.ReadLineAsync(Cancellation)).ShouldBe("");
            next.Release();
        }

        (await reader.ReadLineAsync(Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task Stream_silent_for_the_idle_time_is_cut_visibly()
    {
        await using var upstream = await Upstream.Start(async context =>
        {
            await context.Response.WriteAsync("begun", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        var route = Make.Route("/{**rest}") with { Timeout = TimeSpan.FromSeconds(1) };
        await using var front = await Front.Start(
            [route], [Make.Entry("1", upstream.Address)], options => options.IdleTimeout = TimeSpan.FromSeconds(1));

        await Should.ThrowAsync<HttpRequestException>(() => front.Client.GetStringAsync("/x", Cancellation));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Response_cut_by_the_upstream_is_cut_for_the_client(bool http2)
    {
        await using var upstream = await Upstream.Start(async context =>
        {
            await context.Response.WriteAsync("begun");
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        await using var front = await Front.Start([Make.Route("/{**rest}")], [Make.Entry("1", upstream.Address)]);

        await Should.ThrowAsync<HttpRequestException>(() =>
            (http2 ? front.Http2Client : front.Client).GetStringAsync("/x", Cancellation));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Client_that_goes_cancels_the_upstream(bool http2)
    {
        var arrived = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        await using var upstream = await Upstream.Start(async context =>
        {
            context.RequestAborted.Register(() => cancelled.TrySetResult());
            arrived.TrySetResult();
            await cancelled.Task;
        });
        await using var front = await Front.Start([Make.Route("/{**rest}")], [Make.Entry("1", upstream.Address)]);
        using var client = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);

        var call = (http2 ? front.Http2Client : front.Client).GetAsync("/x", client.Token);
        await arrived.Task.WaitAsync(Cancellation);
        await client.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => call);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
    }

    [Fact]
    public async Task Trailers_of_an_http2_instance_come_back()
    {
        await using var upstream = await Upstream.Start(
            async context =>
            {
                context.Response.DeclareTrailer("X-Sum");
                await context.Response.WriteAsync("body");
                context.Response.AppendTrailer("X-Sum", "42");
            },
            HttpProtocols.Http2);
        await using var front = await Front.Start(
            [Make.Route("/{**rest}")], [Make.Entry("1", upstream.Address, protocol: "h2c")]);

        using var response = await front.Http2Client.GetAsync("/x", Cancellation);
        await response.Content.ReadAsStringAsync(Cancellation);

        response.TrailingHeaders.GetValues("X-Sum").ShouldBe(["42"]);
    }

    [Fact]
    public async Task Continue_is_asked_of_the_upstream_and_its_refusal_spares_the_upload()
    {
        await using var upstream = await Upstream.Start(context =>
        {
            context.Response.StatusCode = StatusCodes.Status417ExpectationFailed;
            return Task.CompletedTask;
        });
        await using var front = await Front.Start([Make.Route("/{**rest}")], [Make.Entry("1", upstream.Address)]);
        var uploaded = false;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/x");
        request.Content = new PushContent(stream =>
        {
            uploaded = true;
            return stream.WriteAsync(new byte[1], Cancellation).AsTask();
        });
        request.Headers.ExpectContinue = true;

        using var client = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromSeconds(30) });
        client.BaseAddress = front.Url;
        using var response = await client.SendAsync(request, Cancellation);

        response.StatusCode.ShouldBe(HttpStatusCode.ExpectationFailed);
        uploaded.ShouldBeFalse();
    }

    [Fact]
    public async Task Bodies_of_256_MiB_go_through_both_ways_as_they_come()
    {
        const long Size = 256L * 1024 * 1024;
        const int Early = 1024 * 1024;
        var uploading = new TaskCompletionSource();
        var downloading = new TaskCompletionSource();
        await using var upstream = await Upstream.Start(async context =>
        {
            // Not an echo: HTTP/1.1 of .NET's client reads no response before its request is sent.
            var size = await Drain(context.Request.Body, Early, uploading, context.RequestAborted);
            await Write(context.Response.Body, size, Early, downloading.Task, context.RequestAborted);
        });
        await using var front = await Front.Start([Make.Route("/{**rest}")], [Make.Entry("1", upstream.Address)]);

        // Each side sends more only when the other has begun to receive: a gateway that held a body would hold for ever.
        using var request = new HttpRequestMessage(HttpMethod.Post, "/x");
        request.Content = new PushContent(stream => Write(stream, Size, 2 * Early, uploading.Task, Cancellation), Size);
        using var response = await front.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
        await using var body = await response.Content.ReadAsStreamAsync(Cancellation);

        (await Drain(body, Early / 2, downloading, Cancellation)).ShouldBe(Size);
    }

    [Fact]
    public async Task Body_that_breaks_the_rules_of_chunks_gives_bad_body()
    {
        await using var upstream = await Upstream.Start(async context =>
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted));
        await using var front = await Front.Start([Make.Route("/{**rest}")], [Make.Entry("1", upstream.Address)]);

        var answer = await Raw.Send(front.Url, "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");

        answer.ShouldStartWith("HTTP/1.1 400 ");
        answer.ShouldContain("urn:gatehouse:error:bad-body");
    }

    [Fact]
    public async Task Service_may_think_longer_than_the_idle_time_when_its_route_lets_it()
    {
        await using var upstream = await Upstream.Start(async context =>
        {
            await Task.Delay(1500, context.RequestAborted);
            await context.Response.WriteAsync("at last");
        });
        await using var front = await Front.Start(
            [Make.Route("/{**rest}")], [Make.Entry("1", upstream.Address)], options => options.IdleTimeout = TimeSpan.FromSeconds(1));

        (await front.Client.GetStringAsync("/x", Cancellation)).ShouldBe("at last");
    }

    [Fact]
    public async Task Split_route_sends_to_all_its_services()
    {
        await using var one = await Upstream.Start(context => context.Response.WriteAsync("one"));
        await using var two = await Upstream.Start(context => context.Response.WriteAsync("two"));
        var route = Make.Route("/{**rest}") with
        {
            To = new RouteTarget
            {
                Split = [new SplitTarget { Service = "one", Weight = 3 }, new SplitTarget { Service = "two", Weight = 1 }],
            },
        };
        await using var front = await Front.Start(
            [route], [Make.Entry("1", one.Address, "ONE"), Make.Entry("2", two.Address, "TWO")]);
        var answers = new List<string>();
        for (var i = 0; i < 200; i++)
        {
            answers.Add(await front.Client.GetStringAsync("/x", Cancellation));
        }

        // 150 of 200 expected, with a standard deviation of 6.
        answers.Count(answer => answer == "one").ShouldBeInRange(110, 190);
        answers.ShouldContain("two");
    }

    [Fact]
    public async Task Listener_stops_while_an_http2_connection_is_open()
    {
        await using var upstream = await Upstream.Start(context => context.Response.WriteAsync("x"));
        var front = await Front.Start([Make.Route("/{**rest}")], [Make.Entry("1", upstream.Address)]);
        await front.Http2Client.GetStringAsync("/x", Cancellation);

        var stopped = front.Stop();
        await Task.WhenAny(stopped, Task.Delay(TimeSpan.FromSeconds(20), Cancellation));

        stopped.IsCompletedSuccessfully.ShouldBeTrue();
        await front.DisposeAsync();
    }

    private static async Task Write(Stream stream, long size, long early, Task received, CancellationToken cancellation)
    {
        var chunk = new byte[64 * 1024];
        for (var sent = 0L; sent < size; sent += chunk.Length)
        {
            if (sent == early)
            {
                await stream.FlushAsync(cancellation);
                await received.WaitAsync(cancellation);
            }

            await stream.WriteAsync(chunk, cancellation);
        }
    }

    private static async Task<long> Drain(Stream stream, long early, TaskCompletionSource begun, CancellationToken cancellation)
    {
        var buffer = new byte[64 * 1024];
        var total = 0L;
        for (int read; (read = await stream.ReadAsync(buffer, cancellation)) > 0;)
        {
            total += read;
            if (total >= early)
            {
                begun.TrySetResult();
            }
        }

        return total;
    }

    private static async Task<HttpResponseMessage> ShouldBeProblem(Front front, string path, int status, string code)
    {
        var response = await front.Client.GetAsync(path, Cancellation);
        ((int)response.StatusCode).ShouldBe(status);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancellation));
        body.RootElement.GetProperty("type").GetString().ShouldBe($"urn:gatehouse:error:{code}");
        return response;
    }
}
