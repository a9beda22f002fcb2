using System.Collections.Immutable;
using Gatehouse.Grains.Identity.Sessions;
using Gatehouse.Grains.Identity.Sessions.Attributes;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Grains.Tests.Identity.Sessions;

public sealed class SessionLifeTests
{
    private static readonly ImmutableArray<byte> Handle = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly ImmutableArray<byte> Other = [.. Enumerable.Range(100, 32).Select(i => (byte)i)];
    private static readonly UserSessionOptions Options = new() { IdleTimeout = TimeSpan.FromMinutes(30), AbsoluteTimeout = TimeSpan.FromHours(8) };

    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero));
    private readonly FakeStore<SessionState> store = new();
    private int failures;

    [Fact]
    public async Task Start_again_with_the_same_handle_is_the_same_session()
    {
        var life = Open();

        (await life.Start(Begin())).ShouldBeTrue();
        (await life.Start(Begin())).ShouldBeTrue();
        (await life.Start(Begin() with { Handle = Other })).ShouldBeFalse();

        store.Writes.ShouldBe(1);
    }

    [Fact]
    public async Task Start_survives_its_activation()
    {
        await Open().Start(Begin());

        var session = Open().Find().ShouldNotBeNull();

        session.ShouldBe(session with { Id = "sid", UserId = "alice", Name = "Alice", Device = "Firefox on Linux", Address = "10.0.0.1" });
        session.Roles.ShouldBe(["librarian"]);
        session.Methods.ShouldBe(["pwd"]);
    }

    [Fact]
    public async Task Authenticate_takes_the_right_handle_only()
    {
        var life = Open();
        await life.Start(Begin());

        (await life.Authenticate(Handle, time.GetUtcNow(), "10.0.0.1")).ShouldNotBeNull();
        (await life.Authenticate(Other, time.GetUtcNow(), "10.0.0.1")).ShouldBeNull();
        (await life.Authenticate([], time.GetUtcNow(), "10.0.0.1")).ShouldBeNull();
        (await Open().Authenticate(Handle, time.GetUtcNow(), "10.0.0.1")).ShouldNotBeNull();
    }

    [Fact]
    public async Task Authenticate_of_what_never_began_is_nothing()
    {
        (await Open().Authenticate([], time.GetUtcNow(), "")).ShouldBeNull();
        (await Open().IsActive()).ShouldBeFalse();
    }

    [Fact]
    public async Task What_services_keep_in_a_session_is_written_and_gone_when_it_ends()
    {
        var life = Open();
        life.Attributes().ShouldBeNull("it has not begun");
        await life.Start(Begin());
        life.Attributes().ShouldBe(SessionAttributes.None);

        var written = await life.Change(new AttributesChange([.. """{"cart":[1]}"""u8], Merge: false, 0));

        written.ShouldNotBeNull().Attributes.Version.ShouldBe(1);
        Open().Attributes().ShouldNotBeNull().Json.ShouldBe([.. """{"cart":[1]}"""u8]);
        (await life.Change(new AttributesChange([.. "{}"u8], Merge: false, 0)))!.Outcome.ShouldBe(AttributesOutcome.Conflict);

        await life.End(SessionEnd.SignedOut);

        life.Attributes().ShouldBeNull();
        (await life.Change(new AttributesChange([.. "{}"u8], Merge: true, null))).ShouldBeNull();
        store.Read().Attributes.ShouldBeNull();
    }

    [Fact]
    public async Task What_services_keep_is_nobodys_once_the_session_has_timed_out()
    {
        var life = Open();
        await life.Start(Begin());
        await life.Change(new AttributesChange([.. """{"a":1}"""u8], Merge: false, 0));

        time.Advance(Options.IdleTimeout);

        life.Attributes().ShouldBeNull();
        (await life.Change(new AttributesChange([.. "{}"u8], Merge: true, null))).ShouldBeNull();
    }

    [Fact]
    public async Task Clients_that_joined_are_to_be_told_of_the_end_until_they_are()
    {
        var life = Open();
        await life.Join("shop");
        life.HasClients.ShouldBeFalse("it has not begun");
        await life.Start(Begin());
        await life.Join("shop");
        await life.Join("wiki");
        await life.Join("shop");
        life.Untold.ShouldBeEmpty();
        var writes = store.Writes;

        await life.End(SessionEnd.SignedOut);

        store.Writes.ShouldBe(writes + 1, "one write says that it has ended and who is to be told");
        Open().Untold.ShouldBe(["shop", "wiki"]);
        await life.Told();
        Open().Untold.ShouldBeEmpty();
    }

    [Fact]
    public async Task Checklist1_the_handle_is_stored_hashed()
    {
        await Open().Start(Begin());

        store.Read().Handle.ShouldBe([.. Handle]);
        store.Read().Handle.Length.ShouldBe(32);
    }

    [Fact]
    public async Task Checklist2_renew_takes_the_old_handle_away()
    {
        var life = Open();
        await life.Start(Begin());
        time.Advance(TimeSpan.FromMinutes(5));

        var renewed = (await life.Renew(Handle, Other, ["otp"])).ShouldNotBeNull();

        renewed.AuthenticatedAt.ShouldBe(time.GetUtcNow());
        renewed.Methods.ShouldBe(["pwd", "otp"]);
        (await life.Authenticate(Handle, time.GetUtcNow(), "")).ShouldBeNull();
        (await life.Authenticate(Other, time.GetUtcNow(), "")).ShouldNotBeNull();
        (await life.Renew(Handle, Other, ["otp"])).ShouldNotBeNull("a repeated call finds its work done");
    }

    [Fact]
    public async Task Checklist3_idle_sessions_end_and_used_ones_go_on()
    {
        var life = Open();
        await life.Start(Begin());

        for (var i = 0; i < 4; i++)
        {
            time.Advance(TimeSpan.FromMinutes(29));
            (await life.Authenticate(Handle, time.GetUtcNow(), "10.0.0.1")).ShouldNotBeNull();
        }

        time.Advance(TimeSpan.FromMinutes(30));
        (await life.Authenticate(Handle, time.GetUtcNow(), "10.0.0.1")).ShouldBeNull();
        (await life.IsActive()).ShouldBeFalse();
    }

    [Fact]
    public async Task Checklist3_no_use_prolongs_a_session_beyond_its_absolute_timeout()
    {
        var life = Open();
        await life.Start(Begin());

        for (var i = 0; i < 8 * 4 - 1; i++)
        {
            time.Advance(TimeSpan.FromMinutes(15));
            (await life.Authenticate(Handle, time.GetUtcNow(), "10.0.0.1")).ShouldNotBeNull();
        }

        time.Advance(TimeSpan.FromMinutes(15));
        (await life.Authenticate(Handle, time.GetUtcNow(), "10.0.0.1")).ShouldBeNull();
    }

    [Fact]
    public async Task See_writes_only_what_matters_to_the_idle_timeout()
    {
        var life = Open();
        await life.Start(Begin());

        for (var i = 0; i < 30; i++)
        {
            time.Advance(TimeSpan.FromSeconds(59));
            await life.See(time.GetUtcNow());
        }

        store.Writes.ShouldBeInRange(5, 10);
        (time.GetUtcNow() - Open().Find()!.LastSeenAt).ShouldBeLessThan(Options.IdleTimeout / 10);
    }

    [Fact]
    public async Task See_believes_no_clock_that_is_ahead()
    {
        var life = Open();
        await life.Start(Begin());

        await life.See(time.GetUtcNow() + TimeSpan.FromDays(1));

        life.Find()!.LastSeenAt.ShouldBe(time.GetUtcNow());
    }

    [Fact]
    public async Task End_is_final()
    {
        var life = Open();
        await life.Start(Begin());

        (await life.End(SessionEnd.SignedOut)).ShouldNotBeNull().Ended.ShouldBeTrue();
        (await life.End(SessionEnd.EndedByUser)).ShouldNotBeNull().Ended.ShouldBeFalse();

        (await life.Authenticate(Handle, time.GetUtcNow(), "")).ShouldBeNull();
        (await life.Start(Begin())).ShouldBeFalse();
        (await life.Renew(Handle, Other, [])).ShouldBeNull();
        (await Open().IsActive()).ShouldBeFalse();
    }

    [Fact]
    public async Task IsActive_asks_the_store_and_so_knows_what_another_activation_did()
    {
        var zombie = Open();
        await zombie.Start(Begin());
        await Open().End(SessionEnd.EndedByAdministrator);

        (await zombie.IsActive()).ShouldBeFalse();
    }

    [Fact]
    public async Task A_lost_write_is_told_and_steps_down()
    {
        var life = Open();
        await life.Start(Begin());
        store.FailNext = true;

        await Should.ThrowAsync<TimeoutException>(() => life.End(SessionEnd.SignedOut));

        failures.ShouldBe(1);
        (await Open().IsActive()).ShouldBeTrue();
    }

    private static SessionStart Begin() =>
        new("sid", Handle, "alice", "Alice", ["librarian"], ["pwd"], "Firefox on Linux", "10.0.0.1");

    private SessionLife Open() => new(store.Open(), Options, time, () => failures++);
}
