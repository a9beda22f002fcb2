using Gatehouse.Api;
using Gatehouse.Api.Hosting;
using Gatehouse.Silo.Hosting;

return await ProcessHost.Run(
    () => GatehouseApp.Build(args),
    app => Console.WriteLine(Banner.Text(
        app.Services.GetRequiredService<Listeners>(),
        app.Services.GetRequiredService<GatehouseOptions>())));
