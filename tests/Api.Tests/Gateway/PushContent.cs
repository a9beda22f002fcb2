using System.Net;

namespace Gatehouse.Api.Tests.Gateway;

/// <summary>A request body that the test writes while it is sent.</summary>
internal sealed class PushContent(Func<Stream, Task> write, long? size = null) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context) => await write(stream);

    protected override bool TryComputeLength(out long length)
    {
        length = size ?? 0;
        return size is not null;
    }
}
