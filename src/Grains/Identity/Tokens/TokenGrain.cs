using Orleans.Runtime;

namespace Gatehouse.Grains.Identity.Tokens;

/// <summary>
/// A token. Short-lived ones (codes are most there are) forget themselves once they have expired; the store forgets the rest.
/// </summary>
[GrainType("gatehouse.tokens.token")]
internal sealed class TokenGrain(
    [PersistentState("state", TokenStorage.Name)] IPersistentState<TokenState> store,
    TimeProvider time) : Grain, ITokenGrain
{
    private static readonly TimeSpan ShortLife = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);

    private IGrainTimer? end;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        ForgetInTime();
        return Task.CompletedTask;
    }

    public async Task<bool> Create(Token token)
    {
        if (store.State.Token is not null)
        {
            return false;
        }

        await Write(token with { Version = 1 });
        ForgetInTime();
        return true;
    }

    public ValueTask<Token?> Find()
    {
        if (store.State.Token is null)
        {
            // A reference can be made up: what never was must not fill the memory.
            DeactivateOnIdle();
        }

        return ValueTask.FromResult(store.State.Token);
    }

    public async Task<bool> Change(Token token)
    {
        if (store.State.Token?.Version != token.Version)
        {
            return false;
        }

        await Write(token with { Version = token.Version + 1 });
        return true;
    }

    public async Task Delete()
    {
        if (store.RecordExists)
        {
            await store.ClearStateAsync();
        }

        DeactivateOnIdle();
    }

    private void ForgetInTime()
    {
        if (end is null && store.State.Token is { ExpiresAt: { } expires, CreatedAt: { } created } && expires - created <= ShortLife)
        {
            var left = expires + Slack - time.GetUtcNow();
            end = this.RegisterGrainTimer(
                _ => Delete(),
                new GrainTimerCreationOptions(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan) { KeepAlive = true });
        }
    }

    private async Task Write(Token token)
    {
        try
        {
            store.State = new TokenState { Token = token };
            await store.WriteStateAsync();
        }
        catch
        {
            // It is unknown what the store has now: the next activation reads it.
            DeactivateOnIdle();
            throw;
        }
    }
}

/// <summary>What a token's grain keeps in the store.</summary>
[GenerateSerializer, Immutable, Alias("gatehouse.tokens.state")]
internal sealed record TokenState
{
    /// <summary>The token; null when there is none.</summary>
    [Id(0)] public Token? Token { get; init; }
}
