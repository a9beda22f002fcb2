using System.Runtime.CompilerServices;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Tests.Gateway;

/// <summary>A replica that a test sets.</summary>
internal sealed class FakeReplica<T>(T first) : IReplica<T> where T : class
{
    private volatile T current = first;

    public T Current
    {
        get => current;
        set => current = value;
    }

    public ViewVersion Version => new(1, 1);

    public LeaseState State { get; set; } = LeaseState.Leased;

    public ValueTask<T> Read(CancellationToken cancellation = default) => new(current);

    public async IAsyncEnumerable<T> Follow([EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        yield return current;
    }
}
