using Gatehouse.Silo;
using Gatehouse.Silo.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

return await ProcessHost.Run(
    () => SiloApp.Build(args),
    app => Console.Out.WriteLineAsync(
        $"Gatehouse silo is up in cluster {app.Services.GetRequiredService<IOptions<ClusterOptions>>().Value.ClusterId}, health at {string.Join(", ", app.Urls)}"));
