using System.Diagnostics.Metrics;
using Gatehouse.Api.Telemetry.Access;
using Gatehouse.Api.Tests.Gateway;
using Gatehouse.Api.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Tests.Telemetry;

public sealed class AccessWriterTests
{
    [Fact]
    public async Task Append_moreThanTheOutputTakes_isDroppedAndCounted_andLaterLinesGoOut()
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var counters = new Counters(services);
        var output = new MemoryStream();
        using var writer = new AccessWriter(
            new AccessOutput(() => output, output),
            Options.Create(new AccessLogOptions { Buffer = 64 * 1024 }),
            TimeProvider.System,
            services.GetRequiredService<IMeterFactory>());

        // Each core's buffer has room for one of them.
        var line = new byte[40 * 1024];
        for (var i = 0; i < 40; i++)
        {
            writer.Append(line);
        }

        var dropped = counters.Now("gatehouse.accesslog.dropped");
        dropped.ShouldBeInRange(40 - 16, 39);
        var taken = (int)(40 - dropped) * line.Length;
        await writer.StartAsync(TestContext.Current.CancellationToken);
        await Until.Holds(() => output.ToArray().Length == taken);
        writer.Append(line);
        await writer.StopAsync(TestContext.Current.CancellationToken);

        output.ToArray().Length.ShouldBe(taken + line.Length);
        counters.Now("gatehouse.accesslog.dropped").ShouldBe(dropped);
    }
}
