namespace Gatehouse.Grains.Patterns;

/// <summary>A message came too late to take effect. Whoever sent it has long given up on it, or sent it again.</summary>
[GenerateSerializer, Alias("gatehouse.patterns.operation-expired")]
public sealed class OperationExpiredException : TimeoutException
{
    /// <summary>Makes the exception with its default message.</summary>
    public OperationExpiredException() : base("The command came too late.") { }

    /// <summary>Makes the exception with a message.</summary>
    public OperationExpiredException(string message) : base(message) { }

    /// <summary>Makes the exception with a message and a cause.</summary>
    public OperationExpiredException(string message, Exception inner) : base(message, inner) { }
}
