namespace Gatehouse.Silo.Hosting;

/// <summary>The process cannot start for a reason its operator can put right; the message is the one line they see.</summary>
public sealed class StartupException : Exception
{
    /// <summary>Makes the exception with its default message.</summary>
    public StartupException() : base("The process cannot start.") { }

    /// <summary>Makes the exception with a message.</summary>
    public StartupException(string message) : base(message) { }

    /// <summary>Makes the exception with a message and a cause.</summary>
    public StartupException(string message, Exception inner) : base(message, inner) { }
}
