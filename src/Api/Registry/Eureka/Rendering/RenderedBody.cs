using System.IO.Compression;

namespace Gatehouse.Api.Registry.Eureka.Rendering;

/// <summary>An answer's bytes; compressed once, by the first request that asks for it.</summary>
internal sealed class RenderedBody(byte[] plain)
{
    // Below this gzip's frame eats what it saves.
    private const int WorthCompressing = 512;

    private readonly Lazy<byte[]> compressed = new(() => Compress(plain));

    public bool IsWorthCompressing => plain.Length >= WorthCompressing;

    public ReadOnlyMemory<byte> Plain => plain;

    public ReadOnlyMemory<byte> Compressed => compressed.Value;

    private static byte[] Compress(byte[] plain)
    {
        using var buffer = new MemoryStream(plain.Length / 4);
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest))
        {
            gzip.Write(plain);
        }

        return buffer.ToArray();
    }
}
