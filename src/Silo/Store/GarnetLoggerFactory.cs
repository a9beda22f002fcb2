namespace Gatehouse.Silo.Store;

/// <summary>Gives Garnet's log categories, which have bare names such as <c>Session</c>, one prefix to set levels by.</summary>
internal sealed class GarnetLoggerFactory(ILoggerFactory inner) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => inner.CreateLogger($"Garnet.{categoryName}");

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    // The inner factory is the host's.
    public void Dispose()
    {
    }
}
