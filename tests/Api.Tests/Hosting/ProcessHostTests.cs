using Gatehouse.Silo.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Gatehouse.Api.Tests.Hosting;

public sealed class ProcessHostTests
{
    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task Run_that_is_told_to_stop_ends_also_when_a_part_does_not(bool hangs, int code)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration["urls"] = "http://127.0.0.1:0";
        builder.Services.AddSingleton<IHostedService>(new Part(hangs));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(100));

        var ended = await ProcessHost.Run(builder.Build, app =>
        {
            app.Lifetime.StopApplication();
            return Task.CompletedTask;
        });

        ended.ShouldBe(code);
    }

    private sealed class Part(bool hangs) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) =>
            hangs ? Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken) : Task.CompletedTask;
    }
}
