using System.Diagnostics.Metrics;
using Gatehouse.Silo.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Api.Tests.Hosting;

public sealed class WorkQueueTests
{
    [Fact]
    public void Mean_is_that_of_the_last_fifteen_seconds()
    {
        var pending = 0L;
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var queue = new WorkQueue(services.GetRequiredService<IMeterFactory>(), new FakeTimeProvider(), () => pending);
        queue.Mean.ShouldBe(0);

        pending = 120;
        queue.Sample();
        queue.Mean.ShouldBe(120);

        pending = 0;
        for (var sample = 0; sample < 59; sample++)
        {
            queue.Sample();
        }

        queue.Mean.ShouldBe(2);
        queue.Sample();
        queue.Mean.ShouldBe(0);
    }
}
