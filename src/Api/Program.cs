using Gatehouse.Api;
using Gatehouse.Api.Auth.Clients;
using Gatehouse.Api.Auth.Users;
using Gatehouse.Api.Hosting;
using Gatehouse.Silo.Hosting;

if (HealthCommand.IsAskedFor(args))
{
    return await HealthCommand.Run(args, "Gatehouse:ManagementUrl", new GatehouseOptions().ManagementUrl, "Gatehouse:ManagementCertificate", "Gatehouse:PublicCertificate");
}

return await ProcessHost.Run(
    () => GatehouseApp.Build(args),
    async app =>
    {
        await ConsoleBanner.Write(app, Banner.Text(
            app.Services.GetRequiredService<Listeners>(),
            app.Services.GetRequiredService<GatehouseOptions>(),
            ready: await FirstLeases.Wait(app.Services, app.Lifetime.ApplicationStopping)));
        var client = app.Services.GetRequiredService<FirstClient>();
        if (await client.Secret.WaitAsync(app.Lifetime.ApplicationStopping) is { } secret)
        {
            await ConsoleBanner.Write(app, $"  A demo client was made, see {client.File}: client id {FirstClient.Id}", $", secret {secret}");
        }

        var administrator = app.Services.GetRequiredService<FirstAdministrator>();
        if (await administrator.Password.WaitAsync(app.Lifetime.ApplicationStopping) is { } password)
        {
            await ConsoleBanner.Write(app, $"  An administrator was made, see {administrator.File}: user name {FirstAdministrator.Login}", $", password {password}");
        }
    });
