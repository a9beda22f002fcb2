using System.Net.ServerSentEvents;

namespace Gatehouse.Api.Tests.Registry;

/// <summary>Reads server-sent events from a response.</summary>
internal sealed class EventReader : IAsyncDisposable
{
    private readonly HttpResponseMessage response;
    private readonly IAsyncEnumerator<SseItem<string>> events;

    public EventReader(HttpResponseMessage response, Stream stream)
    {
        this.response = response;
        events = SseParser.Create(stream).EnumerateAsync(TestContext.Current.CancellationToken)
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);
    }

    public async Task<(string Name, string? Id, string Data)> Next()
    {
        if (!await events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken))
        {
            throw new EndOfStreamException();
        }

        return (events.Current.EventType, events.Current.EventId, events.Current.Data);
    }

    public async ValueTask DisposeAsync()
    {
        response.Dispose();
        await events.DisposeAsync();
    }
}
