namespace Gatehouse.Grains.Audit;

/// <summary>Where management changes and security events are recorded, in front doors and silos.</summary>
public interface IAuditTrail
{
    /// <summary>
    /// Records an event: logs it at once, and has it written soon, again and again until it is. Never throws and never
    /// waits.
    /// </summary>
    void Record(AuditEvent auditEvent);

    /// <summary>Waits until everything recorded so far is written.</summary>
    Task Flush(CancellationToken cancellation);
}
