using Gatehouse.Api.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Auth;

/// <summary>A host whose time of day the test moves on; timers go as ever. The second hand stands still, so no code changes on its way.</summary>
public sealed class ShiftedHost : IAsyncLifetime
{
    public GatehouseHost Host { get; private set; } = null!;

    public ShiftedTime Time { get; } = new();

    public async ValueTask InitializeAsync() => Host = await GatehouseHost.Start(configure: builder => builder.Services.AddSingleton<TimeProvider>(Time));

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}

/// <summary>A time of day that moves when it is told to.</summary>
public sealed class ShiftedTime : TimeProvider
{
    private long ticks = DateTimeOffset.UtcNow.Ticks;

    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref ticks), TimeSpan.Zero);

    public void Advance(TimeSpan time) => Interlocked.Add(ref ticks, time.Ticks);
}
