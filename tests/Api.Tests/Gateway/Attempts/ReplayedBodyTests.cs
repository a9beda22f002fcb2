using CsCheck;
using Gatehouse.Api.Gateway.Attempts;

namespace Gatehouse.Api.Tests.Gateway.Attempts;

public sealed class ReplayedBodyTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void ReadAsync_afterRewinds_givesTheSameBytes()
    {
        // Attempts that each read some of the body, the last all of it.
        var attempts = Gen.Int[0, 5000].Array[0, 4];
        Gen.Select(Gen.Byte.Array[0, 20_000], attempts, Gen.Int[1, 3000]).Sample(
            sample =>
            {
                var (bytes, reads, chunk) = sample;
                var counted = 0;
                using var body = new ReplayedBody(new Trickle(bytes, chunk), null, read => counted += read, CancellationToken.None);
                foreach (var read in reads)
                {
                    body.Rewind();
                    Read(body, Math.Min(read, bytes.Length)).ShouldBe(bytes[..Math.Min(read, bytes.Length)]);
                }

                body.CanRewind.ShouldBeTrue();
                body.Rewind();
                Read(body, int.MaxValue).ShouldBe(bytes);
                counted.ShouldBe(bytes.Length);
            },
            iter: 500);
    }

    [Fact]
    public void ReadAsync_beyondTheBound_passesOn_andCannotRewind()
    {
        var bytes = new byte[(ReplayedBody.Bound * 2) + 7];
        Random.Shared.NextBytes(bytes);
        using var body = new ReplayedBody(new Trickle(bytes, 10_000), bytes.Length, _ => { }, CancellationToken.None);

        Read(body, ReplayedBody.Bound).ShouldBe(bytes[..ReplayedBody.Bound]);
        body.CanRewind.ShouldBeTrue();
        Read(body, int.MaxValue).ShouldBe(bytes[ReplayedBody.Bound..]);

        body.CanRewind.ShouldBeFalse();
    }

    [Fact]
    public async Task ReadAsync_thatIsCancelled_leavesItsBytesToTheNext()
    {
        var slow = new Gate();
        await using var body = new ReplayedBody(slow, 5, _ => { }, CancellationToken.None);
        using var attempt = new CancellationTokenSource();
        var first = Read(body, attempt.Token);
        await attempt.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(first);

        body.CanRewind.ShouldBeTrue();
        body.Rewind();
        var second = Read(body, Cancellation);
        slow.Open();

        (await second).ShouldBe(5);
        slow.Reads.ShouldBe(1);
    }

    private static Task<int> Read(Stream stream, CancellationToken attempt) => stream.ReadAsync(new byte[10], attempt).AsTask();

    private static byte[] Read(Stream stream, int most)
    {
        var read = new MemoryStream();
        var buffer = new byte[1234];
        while (read.Length < most)
        {
            var count = stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, most - read.Length)), Cancellation).AsTask().GetAwaiter().GetResult();
            if (count == 0)
            {
                break;
            }

            read.Write(buffer, 0, count);
        }

        return read.ToArray();
    }

    /// <summary>Gives at most so many bytes at a time.</summary>
    private sealed class Trickle(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, chunk)], cancellationToken);
    }

    /// <summary>Gives its bytes when it is opened.</summary>
    private sealed class Gate : MemoryStream
    {
        private readonly TaskCompletionSource opened = new();

        public int Reads { get; private set; }

        public void Open() => opened.SetResult();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Reads++;
            await opened.Task.WaitAsync(cancellationToken);
            return Math.Min(5, buffer.Length);
        }
    }
}
