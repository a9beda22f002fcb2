namespace Gatehouse.Api.Modules;

/// <summary>Marks a module's endpoints.</summary>
/// <param name="Module">The module.</param>
internal sealed record ModuleMetadata(IServiceModule Module);
