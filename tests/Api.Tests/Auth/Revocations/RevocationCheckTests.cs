using System.Collections.Immutable;
using Gatehouse.Api.Auth.Revocations;
using Gatehouse.Api.Tests.Gateway;
using Gatehouse.Api.Tests.Hosting;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Identity.Revocations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Api.Tests.Auth.Revocations;

[Collection(SharedGatehouse.Name)]
public sealed class RevocationCheckTests(GatehouseHost host)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static DateTimeOffset Later => DateTimeOffset.UtcNow.AddMinutes(10);

    private IGrainFactory Grains => host.Services.GetRequiredService<IGrainFactory>();

    [Fact]
    public async Task Revoked_key_is_known_when_the_call_has_returned()
    {
        var check = host.Services.GetRequiredService<RevocationCheck>();
        for (var i = 0; i < 50; i++)
        {
            var key = RevocationKey.Session(Guid.NewGuid().ToString("N"));
            ImmutableArray<RevocationMark> marks = [new(RevocationKey.Token("other")), new(key)];
            (await check.Check(marks, 0, Cancel)).ShouldBe(RevocationVerdict.Good);

            await Grains.Revoke(key, Later);

            (await check.Check(marks, 0, Cancel)).ShouldBe(RevocationVerdict.Revoked);
        }
    }

    [Theory]
    [InlineData(LeaseState.Empty)]
    [InlineData(LeaseState.Renewing)]
    [InlineData(LeaseState.Stale)]
    public async Task Checklist04_without_a_lease_the_owning_grain_is_asked(LeaseState state)
    {
        var key = RevocationKey.Session(Guid.NewGuid().ToString("N"));
        var check = Without(state, Grains);
        (await check.Check([new(key)], 0, Cancel)).ShouldBe(RevocationVerdict.Good);

        await Grains.Revoke(key, Later);

        (await check.Check([new(key)], 0, Cancel)).ShouldBe(RevocationVerdict.Revoked);
    }

    [Fact]
    public async Task Checklist04_without_a_lease_and_an_answer_nothing_is_accepted()
    {
        var check = Without(LeaseState.Stale, NoGrains.Create());

        (await check.Check([new(RevocationKey.Session("any"))], 0, Cancel)).ShouldBe(RevocationVerdict.Unknown);
    }

    [Fact]
    public async Task Revocation_leaves_the_view_when_the_last_token_it_could_match_has_expired()
    {
        // Ended already, with the time allowed for late clocks.
        var key = RevocationKey.Session(Guid.NewGuid().ToString("N"));

        await Grains.Revoke(key, DateTimeOffset.UtcNow - Revocation.Linger - TimeSpan.FromSeconds(5));

        (await Grains.Revocations(key).Find([key])).ShouldBeEmpty();
    }

    private static RevocationCheck Without(LeaseState state, IGrainFactory grains) => new(
        [.. Enumerable.Range(0, RevocationKey.Shards).Select(_ => new FakeReplica<RevocationList>(RevocationList.Empty) { State = state })],
        grains,
        NullLogger<RevocationCheck>.Instance);
}
