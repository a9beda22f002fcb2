using Gatehouse.Api.Auth.Users;
using Microsoft.AspNetCore.Identity;

namespace Gatehouse.Api.Tests.Auth.Users;

public sealed class Argon2HasherTests
{
    private static readonly Account Nobody = Account.Create("nobody", null, "", DateTimeOffset.UnixEpoch);

    private readonly Argon2Hasher hasher = new();

    [Fact]
    public void Checklist25_passwords_are_hashed_by_argon2id_with_19_MiB_and_two_passes()
    {
        var first = hasher.HashPassword(Nobody, "correct horse");
        var second = hasher.HashPassword(Nobody, "correct horse");

        first.ShouldStartWith("$argon2id$v=19$m=19456,t=2,p=1$");
        first.ShouldNotBe(second);
        hasher.VerifyHashedPassword(Nobody, first, "correct horse").ShouldBe(PasswordVerificationResult.Success);
        hasher.VerifyHashedPassword(Nobody, first, "correct horse ").ShouldBe(PasswordVerificationResult.Failed);
    }

    [Fact]
    public void Checklist25_a_hash_with_other_parameters_is_good_and_replaced()
    {
        var old = Argon2Hasher.Hash("correct horse", memoryKiB: 8 * 1024, passes: 3);

        hasher.VerifyHashedPassword(Nobody, old, "correct horse").ShouldBe(PasswordVerificationResult.SuccessRehashNeeded);
        hasher.VerifyHashedPassword(Nobody, old, "wrong").ShouldBe(PasswordVerificationResult.Failed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("$argon2i$v=19$m=19456,t=2,p=1$AAAA$AAAA")]
    [InlineData("$argon2id$v=19$m=999999999,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA")]
    [InlineData("$argon2id$v=19$m=19456,t=0,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA")]
    [InlineData("$argon2id$v=19$m=19456,t=2,p=8$AAAAAAAAAAAAAAAAAAAAAA$AAAA")]
    public void Verify_refuses_what_is_no_hash_of_its_own(string stored) =>
        hasher.VerifyHashedPassword(Nobody, stored, "x").ShouldBe(PasswordVerificationResult.Failed);

    [Fact]
    public async Task Checklist25_hashing_is_bounded_and_what_is_too_much_is_refused()
    {
        using var queue = new PasswordQueue(atOnce: 2, waiting: 3);
        var gate = new TaskCompletionSource();
        var running = 0;
        var most = 0;
        var work = Enumerable.Range(0, 5).Select(_ => queue.Run(
            async () =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                await gate.Task;
                Interlocked.Decrement(ref running);
                return 1;
            },
            TestContext.Current.CancellationToken)).ToArray();

        await Should.ThrowAsync<PasswordQueueFullException>(() => queue.Run(() => Task.FromResult(1), TestContext.Current.CancellationToken));

        gate.SetResult();
        (await Task.WhenAll(work)).Sum().ShouldBe(5);
        most.ShouldBeLessThanOrEqualTo(2);
        (await queue.Run(() => Task.FromResult(7), TestContext.Current.CancellationToken)).ShouldBe(7);
    }
}
