using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Auth.Mail;

/// <summary>Puts mail into the front door.</summary>
internal static class MailExtensions
{
    /// <summary>Adds the sender that the settings ask for, and the queue before it.</summary>
    public static IServiceCollection AddMail(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MailOptions>, MailOptionsValidator>());
        services.AddOptions<MailOptions>().BindConfiguration(MailOptions.Section).ValidateOnStart();
        services.AddSingleton<SmtpMail>();
        services.AddSingleton<FolderMail>();
        services.AddSingleton<IMailSender>(provider =>
            provider.GetRequiredService<IOptions<MailOptions>>().Value.Host is null && provider.GetRequiredService<GatehouseOptions>().Embedded
                ? provider.GetRequiredService<FolderMail>()
                : provider.GetRequiredService<SmtpMail>());
        services.AddSingleton<MailQueue>();
        services.AddHostedService(provider => provider.GetRequiredService<MailQueue>());
        return services;
    }
}
