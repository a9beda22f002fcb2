namespace Gatehouse.Grains.Registry;

/// <summary>What an instance, or an operator, says of an instance. The names and their order are Eureka's.</summary>
[GenerateSerializer, Alias("gatehouse.registry.status")]
public enum InstanceStatus
{
    /// <summary>Not said; as an override: none.</summary>
    Unknown = 0,

    /// <summary>Ready for calls.</summary>
    Up = 1,

    /// <summary>Its own health check failed.</summary>
    Down = 2,

    /// <summary>Not yet ready.</summary>
    Starting = 3,

    /// <summary>Taken out of traffic by an operator.</summary>
    OutOfService = 4,
}

/// <summary>The last kind of change to an instance, as Eureka's deltas name it.</summary>
[GenerateSerializer, Alias("gatehouse.registry.action")]
public enum InstanceAction
{
    /// <summary>Registered, or its metadata changed.</summary>
    Added = 0,

    /// <summary>Its status changed.</summary>
    Modified = 1,

    /// <summary>Deregistered or expired; the entry stays for the delta's window and takes no calls.</summary>
    Deleted = 2,
}
