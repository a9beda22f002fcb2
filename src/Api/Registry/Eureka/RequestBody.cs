using System.Buffers;

namespace Gatehouse.Api.Registry.Eureka;

/// <summary>Reads a request's body up to a limit.</summary>
internal static class RequestBody
{
    /// <summary>The largest registration.</summary>
    public const int MaxRegistration = 1 << 20;

    /// <summary>The largest batch of a peer server.</summary>
    public const int MaxBatch = 8 << 20;

    /// <summary>The whole body; null when it is larger than the limit.</summary>
    public static async Task<byte[]?> Read(HttpRequest request, int limit)
    {
        if (request.ContentLength > limit)
        {
            return null;
        }

        while (true)
        {
            var read = await request.BodyReader.ReadAsync(request.HttpContext.RequestAborted);
            if (read.Buffer.Length > limit)
            {
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return null;
            }

            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return body;
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
