namespace Gatehouse.Api.Auth.Management;

/// <summary>Who calls the management surface; a feature of the request.</summary>
/// <param name="Actor">Who it is, as the audit log has it.</param>
/// <param name="Scope">The most that they may do.</param>
internal sealed record ManagementCaller(string Actor, ManagementScope Scope)
{
    /// <summary>Somebody on this host, in the embedded default.</summary>
    public static readonly ManagementCaller Local = new("local", ManagementScope.Admin);

    /// <summary>Whoever has the management secret.</summary>
    public static readonly ManagementCaller Secret = new("secret", ManagementScope.Admin);

    /// <summary>Whether they may do what takes a scope.</summary>
    public bool May(ManagementScope needed) => Scope >= needed;
}
