namespace Gatehouse.Api.Hosting;

/// <summary>Which listener a connection came in by. Set on the connection, so no request can say otherwise.</summary>
internal sealed class ListenerFeature
{
    public static readonly ListenerFeature Public = new();

    public static readonly ListenerFeature Management = new();

    private ListenerFeature()
    {
    }
}
