using System.Net.Sockets;
using System.Text;

namespace Gatehouse.Api.Tests.Gateway;

/// <summary>Sends bytes that no client library would.</summary>
internal static class Raw
{
    /// <summary>Sends the text and gives everything that comes back until the server closes, or has been silent.</summary>
    public static async Task<string> Send(Uri url, string text, TimeSpan? silence = null)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var client = new TcpClient();
        await client.ConnectAsync(url.Host, url.Port, cancellation);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text), cancellation);
        var answer = new StringBuilder();
        var buffer = new byte[8192];
        try
        {
            while (true)
            {
                using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                wait.CancelAfter(silence ?? TimeSpan.FromSeconds(5));
                var read = await stream.ReadAsync(buffer, wait.Token);
                if (read == 0)
                {
                    break;
                }

                answer.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // A reset, or silence: what has come so far is the answer.
        }

        return answer.ToString();
    }
}
