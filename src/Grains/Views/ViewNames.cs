namespace Gatehouse.Grains.Views;

/// <summary>The names of the views, which are the keys of their publishers.</summary>
public static class ViewNames
{
    /// <summary>Instances of services, by <c>SERVICE/instance id</c>.</summary>
    public const string Registry = "registry";

    /// <summary>Route documents, by route id.</summary>
    public const string Routes = "routes";
}
