using Gatehouse.Silo;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Gatehouse.Api.Tests.Hosting;

/// <summary>What bounds a silo that has too much to do, and one that is told to stop; all of it off, or hours long, by default.</summary>
public sealed class RunTimeLimitsTests
{
    private static readonly IServiceProvider Services = SiloApp.Build(["--Gatehouse:Redis=localhost:1", "--Gatehouse:AdvertisedIP=127.0.0.1", "--Gatehouse:StopDelay=00:00:05"]).Services;

    [Fact]
    public void Silo_without_processor_time_sheds_load()
    {
        Of<LoadSheddingOptions>().LoadSheddingEnabled.ShouldBeTrue();
        Of<LoadSheddingOptions>().CpuThreshold.ShouldBeInRange(90, 99);
    }

    [Fact]
    public void Silo_without_memory_sheds_activations() => Of<GrainCollectionOptions>().EnableActivationSheddingOnMemoryPressure.ShouldBeTrue();

    [Fact]
    public void Request_that_is_stuck_is_known_as_such_in_a_minute_and_no_call_waits_for_longer()
    {
        var messaging = Of<SiloMessagingOptions>();

        messaging.MaxRequestProcessingTime.ShouldBe(TimeSpan.FromMinutes(1));
        messaging.ResponseTimeout.ShouldBeLessThan(messaging.MaxRequestProcessingTime);
    }

    [Fact]
    public void Client_whose_connection_has_ended_is_answered_by_another_gateway_within_seconds() =>
        Of<SiloMessagingOptions>().ClientDropTimeout.ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(5));

    [Fact]
    public void Stop_has_time_for_its_delay_and_for_every_grain_to_end() =>
        Of<HostOptions>().ShutdownTimeout.ShouldBeGreaterThan(TimeSpan.FromSeconds(5) + Of<GrainCollectionOptions>().DeactivationTimeout);

    [Fact]
    public void Grain_that_cannot_be_taken_out_of_the_directory_is_gone_within_seconds() =>
        Of<GrainCollectionOptions>().DeactivationTimeout.ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(3));

    private static TOptions Of<TOptions>() where TOptions : class => Services.GetRequiredService<IOptions<TOptions>>().Value;
}
