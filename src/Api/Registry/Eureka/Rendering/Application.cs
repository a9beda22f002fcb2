using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Registry.Eureka.Rendering;

/// <summary>An application of an answer.</summary>
internal readonly record struct Application(string Name, IReadOnlyList<Instance> Instances);

/// <summary>Applications as an answer lists them, with the hash that clients compare with their own.</summary>
internal sealed record Applications(string Version, string Hash, IReadOnlyList<Application> Items);
