namespace Gatehouse.Api.Tests.Gateway.Circuits;

/// <summary>A real service whose health the test decides, and that counts its calls.</summary>
internal sealed class Service : IAsyncDisposable
{
    private volatile TaskCompletionSource? held;
    private Upstream upstream = null!;
    private int calls;

    /// <summary>With what it answers.</summary>
    public int Status { get; set; } = 200;

    public string Address => upstream.Address;

    public int Calls => Volatile.Read(ref calls);

    public static async Task<Service> Start()
    {
        var service = new Service();
        service.upstream = await Upstream.Start(async context =>
        {
            Interlocked.Increment(ref service.calls);
            if (service.held is { } release)
            {
                await release.Task;
            }

            context.Response.StatusCode = service.Status;
        });
        return service;
    }

    /// <summary>Answers nobody from now on.</summary>
    public void Hold() => held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Answers those who wait.</summary>
    public void Release()
    {
        var release = held;
        held = null;
        release?.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        Release();
        await upstream.DisposeAsync();
    }
}
