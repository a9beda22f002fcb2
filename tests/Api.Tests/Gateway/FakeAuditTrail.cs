using System.Collections.Concurrent;
using Gatehouse.Grains.Audit;

namespace Gatehouse.Api.Tests.Gateway;

/// <summary>Keeps what is audited.</summary>
internal sealed class FakeAuditTrail : IAuditTrail
{
    private readonly ConcurrentQueue<AuditEvent> events = new();

    public IReadOnlyCollection<AuditEvent> Events => events;

    public void Record(AuditEvent auditEvent) => events.Enqueue(auditEvent);

    public Task Flush(CancellationToken cancellation) => Task.CompletedTask;
}
