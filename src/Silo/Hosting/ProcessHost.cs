using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Gatehouse.Silo.Hosting;

/// <summary>Runs an application as a process: a start that fails ends in one line a mistake on stderr and a non-zero exit code.</summary>
public static class ProcessHost
{
    /// <summary>Builds, starts and runs until told to stop.</summary>
    /// <param name="build">Makes the application.</param>
    /// <param name="started">Called once everything is up.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> Run(Func<WebApplication> build, Func<WebApplication, Task> started)
    {
        WebApplication app;
        try
        {
            app = build();
        }
        // Whatever it is that keeps the process from starting, its operator gets the reason and not a stack trace.
        catch (Exception e)
        {
            return Fail(Reason(e));
        }

        await using (app)
        {
            try
            {
                await app.StartAsync();
            }
            // As above.
            catch (Exception e)
            {
                var stopping = app.Lifetime.ApplicationStopping.IsCancellationRequested;
                // Those are thrown by what starts first, while there is nothing to stop yet.
                if (e is not StartupException)
                {
                    await StopQuietly(app);
                }

                return stopping ? 0 : Fail(Reason(e));
            }

            try
            {
                await started(app);
            }
            catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
            {
                // Told to stop before everything was said.
            }

            try
            {
                await app.WaitForShutdownAsync();
                return 0;
            }
            catch (OperationCanceledException)
            {
                // Such as with a store that is gone: what waits for it does not end by itself.
                return Fail("The time for stopping is up; what had not ended was cut off.");
            }
        }
    }

    private static string Reason(Exception e) => e switch
    {
        StartupException => e.Message,
        OptionsValidationException invalid => string.Join(Environment.NewLine, invalid.Failures),
        AggregateException { InnerException: { } inner } => Reason(inner),
        IOException { InnerException: AddressInUseException } => e.Message,
        AddressInUseException or SocketException => e.Message,
        _ => $"{e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}",
    };

    private static int Fail(string reason)
    {
        foreach (var line in reason.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries))
        {
            Console.Error.WriteLine($"gatehouse: {line}");
        }

        return 1;
    }

    // What had started leaves in good order: a silo that was already in the cluster signs off. Of failures, that of the
    // start is the one worth telling.
    private static async Task StopQuietly(WebApplication app)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await app.StopAsync(patience.Token).ContinueWith(_ => { }, TaskScheduler.Default);
    }
}
