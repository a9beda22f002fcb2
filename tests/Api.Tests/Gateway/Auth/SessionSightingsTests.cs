using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gatehouse.Api.Auth.Revocations;
using Gatehouse.Api.Gateway.Auth;
using Gatehouse.Api.Tests.Hosting;
using Gatehouse.Grains.Identity.Sessions;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Api.Tests.Gateway.Auth;

/// <summary>Sessions hear that their tokens are used: many in one call, and each once in a while.</summary>
public sealed class SessionSightingsTests : IAsyncLifetime
{
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 29, 8, 0, 0, TimeSpan.Zero));
    private readonly ConcurrentQueue<ImmutableArray<SessionSighting>> calls = new();
    private readonly SessionSightings sightings;

    public SessionSightingsTests() => sightings = new SessionSightings(
        SightingGrains.By(calls), Options.Create(new UserSessionOptions()), time, NullLogger<SessionSightings>.Instance);

    private long Now => time.GetUtcNow().ToUnixTimeSeconds();

    public async ValueTask InitializeAsync() => await sightings.StartAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await sightings.StopAsync(CancellationToken.None);
        sightings.Dispose();
    }

    [Fact]
    public async Task Many_requests_of_many_sessions_are_one_call()
    {
        var credentials = Enumerable.Range(0, 500).Select(i => Token($"s{i}")).ToArray();
        for (var i = 0; i < 20; i++)
        {
            foreach (var credential in credentials)
            {
                sightings.Note(credential, Now);
            }
        }

        await Until.Holds(() => { time.Advance(TimeSpan.FromSeconds(1)); return Task.FromResult(!calls.IsEmpty); });

        calls.ShouldHaveSingleItem().Select(sighting => sighting.SessionId).Order().ShouldBe(Enumerable.Range(0, 500).Select(i => $"s{i}").Order());
    }

    [Fact]
    public async Task A_session_is_told_again_when_some_time_has_passed_and_of_the_latest_use()
    {
        var (one, two) = (Token("s"), Token("s"));
        sightings.Note(one, Now - 1);
        sightings.Note(two, Now);
        await Until.Holds(() => { time.Advance(TimeSpan.FromSeconds(1)); return Task.FromResult(calls.Count == 1); });
        calls.Single().ShouldHaveSingleItem().At.ToUnixTimeSeconds().ShouldBe(new DateTimeOffset(2026, 11, 29, 8, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds());

        await Until.Holds(() => { time.Advance(TimeSpan.FromSeconds(1)); sightings.Note(one, Now); return Task.FromResult(calls.Count == 2); });

        (calls.ElementAt(1).Single().At - calls.First().Single().At).ShouldBeGreaterThan(TimeSpan.FromSeconds(50));
    }

    [Fact]
    public void Credentials_without_a_session_and_cookies_are_not_told()
    {
        new Verified(new Caller { Kind = CredentialKind.Bearer, Subject = "client" }).SeenUntil.ShouldBe(long.MaxValue);
        new Verified(new Caller { Kind = CredentialKind.Session, Subject = "user", SessionId = "s" }).SeenUntil.ShouldBe(long.MaxValue);
        new Verified(new Caller { Kind = CredentialKind.ApiKey, Subject = "key" }).SeenUntil.ShouldBe(long.MaxValue);
    }

    private static Verified Token(string session) => new(new Caller { Kind = CredentialKind.Bearer, Subject = "user", SessionId = session });

    private sealed class Verified(Caller caller) : VerifiedCredential(caller, long.MaxValue, 0, [])
    {
        public override ValueTask<RevocationVerdict> Stands(CancellationToken cancellation) => new(RevocationVerdict.Good);
    }
}
