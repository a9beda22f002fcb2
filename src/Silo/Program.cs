using Gatehouse.Silo;
using Gatehouse.Silo.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

if (HealthCommand.IsAskedFor(args))
{
    return await HealthCommand.Run(args, "Gatehouse:HealthUrl", new Gatehouse.Silo.SiloOptions().HealthUrl);
}

return await ProcessHost.Run(
    () => SiloApp.Build(args),
    app => ConsoleBanner.Write(
        app,
        $"Gatehouse silo is up in cluster {app.Services.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId}, health at {string.Join(", ", app.Urls)}"));
