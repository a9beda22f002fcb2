using Gatehouse.Api.Gateway.Forwarding;

namespace Gatehouse.Api.Gateway.RequestSizes;

/// <summary>A request's body that may not have more than so many bytes, counted as they come.</summary>
internal sealed class LimitedBody(Stream body, long most) : PassingBody
{
    private long passed;

    public override bool CanRead => true;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Counted(await body.ReadAsync(buffer, cancellationToken));

    public override int Read(byte[] buffer, int offset, int count) => Counted(body.Read(buffer, offset, count));

    private int Counted(int read)
    {
        passed += read;
        return passed <= most
            ? read
            : throw new BadHttpRequestException($"The body may have {most} bytes.", StatusCodes.Status413PayloadTooLarge);
    }
}
