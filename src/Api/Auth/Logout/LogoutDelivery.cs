using Gatehouse.Api.Auth.Clients;
using Gatehouse.Api.Views;
using Gatehouse.Grains.Identity.Logout;

namespace Gatehouse.Api.Auth.Logout;

/// <summary>Tells clients of the ends of sessions. One attempt; the queue knows when to try again.</summary>
internal sealed class LogoutDelivery(HttpClient http, LogoutTokens tokens, IReplica<ClientDirectory> clients) : IDisposable
{
    /// <summary>Tries to deliver a notice.</summary>
    public async Task<LogoutAttempt> Try(LogoutNotice notice, CancellationToken cancellation)
    {
        // A client that is gone, or does not want to be told any more, need not be.
        if (clients.Current.Find(notice.ClientId) is not { Disabled: false, BackChannelLogoutUri: { } address })
        {
            return new LogoutAttempt(notice, null);
        }

        return new LogoutAttempt(notice, tokens.For(notice) is { } token ? await Post(new Uri(address), token, cancellation) : "there is no key to sign with");
    }

    public void Dispose() => http.Dispose();

    /// <summary>The client's answer: null, or what was wrong with it.</summary>
    private async Task<string?> Post(Uri address, string token, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("logout_token", token)]),
        };
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            return response.IsSuccessStatusCode ? null : $"it answered {(int)response.StatusCode}";
        }
        catch (HttpRequestException e)
        {
            return $"it could not be reached: {e.HttpRequestError}";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return "it did not answer in time";
        }
    }
}
