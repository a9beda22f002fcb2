using System.Collections.Immutable;

namespace Gatehouse.Grains.Traffic;

/// <summary>
/// A series' steps as bytes: whole numbers of variable length, since most are small. A day of a busy series takes some
/// kilobytes, a fifth of what it would as JSON.
/// </summary>
internal static class StepCodec
{
    private const byte Version = 1;

    public static byte[] Write(SeriesHistory history)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(Version);
        foreach (var window in SeriesHistory.Stored)
        {
            var steps = history.Ring(window).Steps.ToArray();
            writer.Write7BitEncodedInt(steps.Length);
            foreach (var (number, sum) in steps)
            {
                writer.Write7BitEncodedInt64(number);
                Write(writer, sum.ToCounts());
            }
        }

        return bytes.ToArray();
    }

    public static SeriesHistory Read(byte[] bytes)
    {
        var history = new SeriesHistory();
        using var reader = new BinaryReader(new MemoryStream(bytes, writable: false));
        if (reader.ReadByte() != Version)
        {
            // Statistics of another version are not worth more than a fresh start.
            return history;
        }

        foreach (var window in SeriesHistory.Stored)
        {
            for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
            {
                var number = reader.Read7BitEncodedInt64();
                history.Restore(window, number, Read(reader));
            }
        }

        return history;
    }

    private static void Write(BinaryWriter writer, TrafficCounts counts)
    {
        writer.Write7BitEncodedInt64(counts.SumMicroseconds);
        writer.Write7BitEncodedInt64(counts.MaxMicroseconds);
        writer.Write7BitEncodedInt64(counts.BytesIn);
        writer.Write7BitEncodedInt64(counts.BytesOut);
        Write(writer, counts.Outcomes);
        writer.Write7BitEncodedInt(counts.Latency.First);
        Write(writer, counts.Latency.Counts);
    }

    private static void Write(BinaryWriter writer, ImmutableArray<long> values)
    {
        writer.Write7BitEncodedInt(values.Length);
        foreach (var value in values)
        {
            writer.Write7BitEncodedInt64(value);
        }
    }

    private static TrafficCounts Read(BinaryReader reader) => new()
    {
        SumMicroseconds = reader.Read7BitEncodedInt64(),
        MaxMicroseconds = reader.Read7BitEncodedInt64(),
        BytesIn = reader.Read7BitEncodedInt64(),
        BytesOut = reader.Read7BitEncodedInt64(),
        Outcomes = ReadValues(reader),
        Latency = new LatencyHistogram(reader.Read7BitEncodedInt(), ReadValues(reader)),
    };

    private static ImmutableArray<long> ReadValues(BinaryReader reader)
    {
        var values = ImmutableArray.CreateBuilder<long>();
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            values.Add(reader.Read7BitEncodedInt64());
        }

        return values.DrainToImmutable();
    }
}
