using Gatehouse.Grains.Registry;
using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Tests.Registry;

internal static class Entries
{
    public static Instance Up(string id, string service = "ORDERS") =>
        new() { Service = service, Id = id, Address = $"http://{id}:80" };

    public static ViewChange Change(Instance instance) => new(instance.Key, instance);

    public static ViewChange Gone(string id, string service = "ORDERS") => new(Instance.KeyOf(service, id), null);
}
