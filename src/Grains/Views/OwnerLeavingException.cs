namespace Gatehouse.Grains.Views;

/// <summary>The owner's silo stops before a publish is complete; the command can be sent again.</summary>
[GenerateSerializer, Alias("gatehouse.views.owner-leaving")]
public sealed class OwnerLeavingException : Exception
{
    /// <summary>Makes the exception with its default message.</summary>
    public OwnerLeavingException() : base("The owner is being taken down.") { }

    /// <summary>Makes the exception with a message.</summary>
    public OwnerLeavingException(string message) : base(message) { }

    /// <summary>Makes the exception with a message and a cause.</summary>
    public OwnerLeavingException(string message, Exception inner) : base(message, inner) { }
}
