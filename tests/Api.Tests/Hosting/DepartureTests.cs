using System.Net;
using Gatehouse.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Api.Tests.Hosting;

public sealed class DepartureTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Process_on_its_way_out_is_not_ready_but_serves_and_ends_its_connections()
    {
        await using var host = await GatehouseHost.Start();
        (await host.Public.GetAsync("/x", Cancel)).Headers.ConnectionClose.ShouldNotBe(true);
        (await host.Management.GetAsync("/health/serving", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);

        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        (await host.Management.GetAsync("/health/ready", Cancel)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await host.Management.GetAsync("/health/serving", Cancel)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await host.Management.GetAsync("/health/live", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var answer = await host.Public.GetAsync("/x", Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        answer.Headers.ConnectionClose.ShouldBe(true);
    }

    [Fact]
    public async Task StoppingAsync_lasts_as_long_as_the_delay_and_no_longer_than_the_host_allows()
    {
        var time = new FakeTimeProvider();
        using var lifetime = new Lifetime();
        var departure = new Departure(TimeSpan.FromSeconds(5), lifetime, time);
        departure.HasBegun.ShouldBeFalse();

        lifetime.StopApplication();
        var stopping = departure.StoppingAsync(CancellationToken.None);
        departure.HasBegun.ShouldBeTrue();
        time.Advance(TimeSpan.FromSeconds(4.9));
        stopping.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(0.1));
        await stopping.WaitAsync(TimeSpan.FromSeconds(30), Cancel);

        using var given = new CancellationTokenSource();
        var cut = departure.StoppingAsync(given.Token);
        await given.CancelAsync();
        await cut.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
    }

    private sealed class Lifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource stopping = new();

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => stopping.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void Dispose() => stopping.Dispose();

        public void StopApplication() => stopping.Cancel();
    }
}
