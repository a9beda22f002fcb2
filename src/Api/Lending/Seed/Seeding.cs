using Gatehouse.Api.Lending.Catalogue;
using Gatehouse.Api.Views;

namespace Gatehouse.Api.Lending.Seed;

/// <summary>
/// Puts the first books on the shelves of a library that starts empty, so that the first call finds something to read: in
/// the embedded default, unless <c>Gatehouse:Lending:Seed</c> says otherwise.
/// </summary>
internal sealed partial class Seeding(
    GatehouseOptions options,
    IConfiguration configuration,
    IReplica<CatalogueIndex> catalogue,
    LendingCommands lending,
    IHostApplicationLifetime lifetime,
    ILogger<Seeding> logger) : BackgroundService
{
    private const int AtATime = 8;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!configuration.GetValue("Gatehouse:Lending:Seed", options.Embedded))
        {
            return;
        }

        var started = new TaskCompletionSource();
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        try
        {
            await started.Task.WaitAsync(stoppingToken);
            await WaitForCatalogue(stoppingToken);
            var missing = SeedBooks.All.Where(book => !catalogue.Current.Books.ContainsKey(book.Id)).ToArray();
            if (missing.Length > 0)
            {
                await Parallel.ForEachAsync(missing, new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = stoppingToken }, Add);
                Log.Seeded(logger, missing.Length);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The front door stops; what is missing is added at the next start.
        }
        // A library without its first books still lends.
        catch (Exception e)
        {
            Log.NotSeeded(logger, e);
        }
    }

    private async Task WaitForCatalogue(CancellationToken cancellation)
    {
        await foreach (var _ in catalogue.Follow(cancellation))
        {
            if (catalogue.State != LeaseState.Empty)
            {
                return;
            }

            await catalogue.Read(cancellation);
            if (catalogue.State != LeaseState.Empty)
            {
                return;
            }
        }
    }

    private async ValueTask Add(SeedBook book, CancellationToken cancellation) =>
        await lending.Put(book.Id, $"seed/{book.Id}", book.Details, book.Copies, revision: 0);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "{Count} of the first books were put on the library's shelves")]
        public static partial void Seeded(ILogger logger, int count);

        [LoggerMessage(2, LogLevel.Warning, "The first books were not all put on the shelves; the rest is at the next start")]
        public static partial void NotSeeded(ILogger logger, Exception cause);
    }
}
