using System.Diagnostics.Metrics;
using System.Numerics;
using Gatehouse.Api.Gateway;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Telemetry.Access;

/// <summary>
/// Takes lines from requests to the output: copied into a buffer of the core, written in batches by one writer. A request
/// neither waits for the output nor allocates.
/// </summary>
internal sealed class AccessWriter : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(100);

    private readonly AccessOutput output;
    private readonly TimeProvider time;
    private readonly Stripe[] stripes;
    private long dropped;

    public AccessWriter(AccessOutput output, IOptions<AccessLogOptions> options, TimeProvider time, IMeterFactory meters)
    {
        this.output = output;
        this.time = time;
        var count = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, 16));
        stripes = [.. Enumerable.Range(0, count).Select(_ => new Stripe(options.Value.Buffer))];
        meters.Create(GatewayMetrics.MeterName).CreateObservableCounter(
            "gatehouse.accesslog.dropped", () => Interlocked.Read(ref dropped), "{line}", "Lines dropped because the output did not take them.");
    }

    /// <summary>Adds a line, with its end.</summary>
    public void Append(ReadOnlySpan<byte> line)
    {
        if (!stripes[Thread.GetCurrentProcessorId() & (stripes.Length - 1)].TryAppend(line))
        {
            Interlocked.Increment(ref dropped);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var stream = output.Open();
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await Flush(stream);
            }
        }
        catch (OperationCanceledException)
        {
            // The process ends: what is left goes out.
        }

        await Flush(stream);
    }

    private async Task Flush(Stream stream)
    {
        var written = false;
        foreach (var stripe in stripes)
        {
            var lines = stripe.Take();
            if (!lines.IsEmpty)
            {
                Write(stream, lines.Span);
                written = true;
            }
        }

        if (written)
        {
            await stream.FlushAsync();
        }
    }

    // Standard output can only be waited for; nobody but this writer does.
    private void Write(Stream stream, ReadOnlySpan<byte> lines)
    {
        lock (output.Turn)
        {
            stream.Write(lines);
        }
    }

    private sealed class Stripe(int max)
    {
        private const int First = 16 * 1024;

        private readonly Lock access = new();
        private byte[] filling = new byte[First];
        private byte[] writing = new byte[First];
        private int length;

        // The lock is the core's own, and held for a copy.
        public bool TryAppend(ReadOnlySpan<byte> line)
        {
            lock (access)
            {
                if (length + line.Length > filling.Length && !TryGrow(length + line.Length))
                {
                    return false;
                }

                line.CopyTo(filling.AsSpan(length));
                length += line.Length;
                return true;
            }
        }

        /// <summary>What was added; valid until the next call.</summary>
        public ReadOnlyMemory<byte> Take()
        {
            lock (access)
            {
                (filling, writing) = (writing, filling);
                var taken = writing.AsMemory(0, length);
                length = 0;
                return taken;
            }
        }

        private bool TryGrow(int needed)
        {
            if (needed > max)
            {
                return false;
            }

            Array.Resize(ref filling, Math.Min(max, Math.Max(needed, 2 * filling.Length)));
            return true;
        }
    }
}
