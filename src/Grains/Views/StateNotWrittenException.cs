namespace Gatehouse.Grains.Views;

/// <summary>
/// A change was not acknowledged by the store: it may or may not have been written. The activation steps down, and its
/// successor reads what is true; the command is idempotent, so the caller may send it again.
/// </summary>
[GenerateSerializer, Alias("gatehouse.views.state-not-written")]
public sealed class StateNotWrittenException : Exception
{
    /// <summary>Makes the exception with its default message.</summary>
    public StateNotWrittenException() : base("The store did not acknowledge the change.") { }

    /// <summary>Makes the exception with a message.</summary>
    public StateNotWrittenException(string message) : base(message) { }

    /// <summary>Makes the exception with a message and a cause.</summary>
    public StateNotWrittenException(string message, Exception inner) : base(message, inner) { }
}
