using Gatehouse.Api.Telemetry.Access;
using Gatehouse.Silo.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Tests.Hosting;

public sealed class ConsoleLogTests
{
    [Fact]
    public void Json_tells_the_day_too() => Options<JsonConsoleFormatterOptions>().TimestampFormat.ShouldBe("yyyy-MM-ddTHH:mm:ss.fffZ");

    [Fact]
    public void Lines_to_read_tell_the_time_of_day() => Options<SimpleConsoleFormatterOptions>().TimestampFormat.ShouldBe("HH:mm:ss ");

    [Fact]
    public void Format_of_ones_own_wins() =>
        Options<JsonConsoleFormatterOptions>("--Logging:Console:FormatterOptions:TimestampFormat=o").TimestampFormat.ShouldBe("o");

    [Fact]
    public void Access_records_are_made_for_collectors_alone()
    {
        using var alone = Services();
        using var collected = Services(static logging => logging.AddOpenTelemetry());

        alone.GetRequiredService<ILoggerFactory>().CreateLogger(AccessLog.Category).IsEnabled(LogLevel.Information).ShouldBeFalse();
        collected.GetRequiredService<ILoggerFactory>().CreateLogger(AccessLog.Category).IsEnabled(LogLevel.Information).ShouldBeTrue();
    }

    private static ServiceProvider Services(Action<ILoggingBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.AddGatehouseDefaults();
        configure?.Invoke(builder.Logging);
        return builder.Services.BuildServiceProvider();
    }

    private static TOptions Options<TOptions>(params string[] args) where TOptions : ConsoleFormatterOptions
    {
        var formatter = typeof(TOptions) == typeof(JsonConsoleFormatterOptions) ? "json" : "simple";
        var builder = WebApplication.CreateBuilder([$"--Logging:Console:FormatterName={formatter}", .. args]);
        builder.AddGatehouseDefaults();
        using var services = builder.Services.BuildServiceProvider();
        return services.GetRequiredService<IOptionsMonitor<TOptions>>().CurrentValue;
    }
}
