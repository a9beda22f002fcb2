namespace Gatehouse.Grains.Views;

/// <summary>The called activation is not, or no more, the publisher of its view.</summary>
[GenerateSerializer, Alias("gatehouse.views.not-publisher")]
public sealed class NotPublisherException : Exception
{
    /// <summary>Makes the exception with its default message.</summary>
    public NotPublisherException() : base("This activation is no longer the publisher of its view.") { }

    /// <summary>Makes the exception with a message.</summary>
    public NotPublisherException(string message) : base(message) { }

    /// <summary>Makes the exception with a message and a cause.</summary>
    public NotPublisherException(string message, Exception inner) : base(message, inner) { }
}
