using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Gatehouse.Api.Gateway;
using Gatehouse.Api.Lending.Catalogue;
using Gatehouse.Api.Lending.Seed;
using Gatehouse.Api.Tests.Hosting;
using Gatehouse.Api.Views;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Lending;

/// <summary>A library with its first books, shared by the tests of Lending; each makes books and members of its own.</summary>
public sealed class LendingHost : IAsyncLifetime
{
    private GatehouseHost? host;

    public HttpClient Public => host!.Public;

    public HttpClient Management => host!.Management;

    public IServiceProvider Services => host!.Services;

    public static string NewKey() => Guid.NewGuid().ToString("N");

    public static string NewMember() => $"member-{Guid.NewGuid():N}";

    public async ValueTask InitializeAsync()
    {
        host = await GatehouseHost.Start([], builder => builder.Services.AddSingleton<IStage, TestIdentity>());
        await foreach (var index in Services.GetRequiredService<IReplica<CatalogueIndex>>().Follow(TestContext.Current.CancellationToken))
        {
            if (index.Books.Count >= SeedBooks.All.Length)
            {
                return;
            }
        }
    }

    public async ValueTask DisposeAsync() => await host!.DisposeAsync();

    /// <summary>Sends a request as a member, a librarian, or nobody.</summary>
    public Task<Reply> Member(string id, HttpMethod method, string path, object? body = null, string? key = null, string? ifMatch = null) =>
        Send(id, "member", method, path, body, key, ifMatch);

    public Task<Reply> Librarian(HttpMethod method, string path, object? body = null, string? key = null, string? ifMatch = null) =>
        Send("ada", "librarian", method, path, body, key, ifMatch);

    public Task<Reply> Anybody(string path) => Send(null, "", HttpMethod.Get, path);

    public async Task<Reply> Send(
        string? subject, string role, HttpMethod method, string path, object? body = null, string? key = null, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        if (subject is not null)
        {
            request.Headers.Add(TestIdentity.Subject, subject);
            request.Headers.Add(TestIdentity.Role, role);
        }

        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        request.Content = body switch
        {
            null => null,
            string text => new StringContent(text, Encoding.UTF8, "application/json"),
            _ => JsonContent.Create(body),
        };
        using var response = await Public.SendAsync(request, TestContext.Current.CancellationToken);
        var content = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new Reply(
            (int)response.StatusCode,
            content.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(content),
            response.Headers.ETag?.Tag,
            response.Headers.Location?.OriginalString);
    }

    /// <summary>Adds a book of the test's own; gives its id.</summary>
    public async Task<string> AddBook(string title, int copies = 1)
    {
        var added = await Librarian(HttpMethod.Post, "/lending/books", new { title, authors = new[] { "Test Author" }, language = "en", copies }, NewKey());
        added.Status.ShouldBe(201, added.Body.ToString());
        return added.Text("id");
    }
}

/// <summary>What was answered.</summary>
public sealed record Reply(int Status, JsonElement Body, string? ETag, string? Location)
{
    public string Text(string name) => Body.GetProperty(name).GetString()!;

    public string Problem => Text("type").Replace("urn:gatehouse:error:", "", StringComparison.Ordinal);

    public string[] Fields => [.. Body.GetProperty("errors").EnumerateObject().Select(error => error.Name)];
}

[CollectionDefinition(Name)]
public sealed class SharedLending : ICollectionFixture<LendingHost>
{
    public const string Name = "lending";
}
