using System.Collections.Immutable;
using System.Security.Cryptography;
using Gatehouse.Api.Routing.Documents;
using Gatehouse.Grains.Routing;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Routing;

/// <summary>
/// Keeps the routes of <see cref="GatehouseOptions.RoutesFile"/> in the book. The file is compared by its content, so it
/// does not matter how it is replaced: written in place, renamed over, or behind a symbolic link that is swapped. A file
/// that is refused changes nothing. Several front doors may watch the same file.
/// </summary>
internal sealed partial class RoutesFile(
    IOptions<GatehouseOptions> options,
    IGrainFactory grains,
    RoutesFileStatus status,
    TimeProvider time,
    ILogger<RoutesFile> logger) : BackgroundService
{
    /// <summary>How often the file is looked at when the file system tells nothing.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>How long a file must stay as it is to count as wholly written.</summary>
    public static readonly TimeSpan Settled = TimeSpan.FromMilliseconds(250);

    private static readonly byte[] Missing = [];

    // The digest of what was last dealt with, applied or refused; null before the first.
    private byte[]? known;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (string.IsNullOrWhiteSpace(options.Value.RoutesFile))
        {
            return;
        }

        var path = Path.GetFullPath(options.Value.RoutesFile);
        using var changes = new FileChanges(path, Interval, time);
        while (!stoppingToken.IsCancellationRequested)
        {
            await Look(path, stoppingToken);
            await changes.Next(stoppingToken);
        }
    }

    private async Task Look(string path, CancellationToken stopping)
    {
        try
        {
            var content = await Read(path, stopping);
            var digest = Digest(content);
            if (known is not null && digest.AsSpan().SequenceEqual(known))
            {
                return;
            }

            // Half a file may be valid, and would take routes out.
            await Task.Delay(Settled, time, stopping);
            content = await Read(path, stopping);
            if (Digest(content).AsSpan().SequenceEqual(digest) && await Apply(path, content))
            {
                known = digest;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw;
        }
        // The file or the cluster cannot be had now; the next look tries again.
        catch (Exception e)
        {
            if (status.Current.State != "waiting")
            {
                Log.Failed(logger, e, path);
            }

            Report("waiting", path, []);
        }
    }

    /// <summary>Applies the file; false when it is to be tried again.</summary>
    private async Task<bool> Apply(string path, byte[]? content)
    {
        if (content is null)
        {
            Log.IsMissing(logger, path);
            Report("missing", path, []);
            return true;
        }

        var reading = content.Length > RouteBody.MaxSet
            ? new RouteReading([], [new RouteError("", "is larger than 16 MiB")], isSet: true)
            : RouteDocumentReader.ReadSet(content, DocumentFormat.Yaml);
        var errors = reading.Errors;
        if (errors.IsEmpty)
        {
            var answer = await grains.Book().Replace(reading.Routes, RouteSource.File, RouteCondition.None);
            errors = answer.Errors;
            if (errors.IsEmpty)
            {
                var (added, changed, removed, unchanged) = answer.Difference;
                Log.Applied(logger, path, added.Length, changed.Length, removed.Length, unchanged.Length);
                Report("applied", path, []);
                return true;
            }
        }

        Refuse(path, reading, errors);
        // What clashes with other routes may fit later, when they are gone.
        return !reading.Errors.IsEmpty;
    }

    private void Refuse(string path, RouteReading reading, ImmutableArray<RouteError> errors)
    {
        ImmutableArray<RouteFinding> findings =
            [.. errors.Select(error => new RouteFinding(error.Path, error.Message, reading.LineOf(error.Path)))];
        if (status.Current.State == "refused" && status.Current.Errors.SequenceEqual(findings))
        {
            return;
        }

        foreach (var error in errors.Take(20))
        {
            Log.Refused(logger, path, reading.LineOf(error.Path), RouteProblems.Sentence(error));
        }

        Report("refused", path, findings);
    }

    private void Report(string state, string path, ImmutableArray<RouteFinding> errors) =>
        status.Set(new RoutesFileReport(state, path, time.GetUtcNow(), errors));

    private static byte[] Digest(byte[]? content) => content is null ? Missing : SHA256.HashData(content);

    private static async Task<byte[]?> Read(string path, CancellationToken cancellation)
    {
        try
        {
            await using var file = new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 64 * 1024, useAsync: true);
            // One byte more than is allowed tells that it is too large.
            var content = new byte[Math.Min(file.Length, RouteBody.MaxSet + 1)];
            var length = await file.ReadAtLeastAsync(content, content.Length, throwOnEndOfStream: false, cancellation);
            return content[..length];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Routes of {File} are in force: {Added} added, {Changed} changed, {Removed} removed, {Unchanged} unchanged")]
        public static partial void Applied(ILogger logger, string file, int added, int changed, int removed, int unchanged);

        [LoggerMessage(2, LogLevel.Error, "Routes file {File}:{Line} is refused, the routes before stay in force: {Reason}")]
        public static partial void Refused(ILogger logger, string file, int line, string reason);

        [LoggerMessage(3, LogLevel.Error, "Routes file {File} does not exist; the routes there are stay in force, and the file is read when it comes")]
        public static partial void IsMissing(ILogger logger, string file);

        [LoggerMessage(4, LogLevel.Warning, "Routes file {File} could not be applied; it is tried again")]
        public static partial void Failed(ILogger logger, Exception exception, string file);
    }
}
