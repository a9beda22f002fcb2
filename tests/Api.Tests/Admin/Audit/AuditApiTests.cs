using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gatehouse.Api.Tests.Hosting;
using Gatehouse.Grains.Audit;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Admin.Audit;

[Collection(SharedGatehouse.Name)]
public sealed class AuditApiTests(GatehouseHost host)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private IAuditTrail Trail => host.Services.GetRequiredService<IAuditTrail>();

    [Fact]
    public async Task Get_gives_what_was_recorded_newest_first()
    {
        var actor = await Record(3);

        var records = (await Get($"?actor={actor}")).GetProperty("records").EnumerateArray().ToArray();

        records.Select(record => record.GetProperty("target").GetString()).ShouldBe(["2", "1", "0"]);
        records[0].GetProperty("type").GetString().ShouldBe("test.recorded");
        records[0].GetProperty("outcome").GetString().ShouldBe("denied");
        records[0].GetProperty("address").GetString().ShouldBe("10.1.2.3");
        records[0].GetProperty("details").GetProperty("why").GetString().ShouldBe("because");
        records[0].GetProperty("at").GetDateTimeOffset().ShouldBeGreaterThan(DateTimeOffset.UtcNow.AddMinutes(-5));
    }

    [Fact]
    public async Task Get_goes_on_where_a_page_ended_across_sealed_pages()
    {
        var actor = await Record((3 * IAuditPageGrain.Size) + 17);
        var targets = new List<int>();
        string? before = null;
        do
        {
            var page = await Get($"?actor={actor}&limit=100{(before is null ? "" : $"&before={before}")}");
            targets.AddRange(page.GetProperty("records").EnumerateArray().Select(record => int.Parse(record.GetProperty("target").GetString()!)));
            before = page.TryGetProperty("before", out var next) ? next.GetString() : null;
        }
        while (before is not null);

        targets.ShouldBe(Enumerable.Range(0, (3 * IAuditPageGrain.Size) + 17).Reverse());
    }

    [Theory]
    [InlineData("type=test", 2)]
    [InlineData("type=test.recorded", 2)]
    [InlineData("type=test.rec", 0)]
    [InlineData("outcome=denied", 2)]
    [InlineData("outcome=success", 0)]
    [InlineData("target=1", 1)]
    [InlineData("from=2020-01-01T00:00:00Z", 2)]
    [InlineData("from=2220-01-01T00:00:00Z", 0)]
    [InlineData("to=2020-01-01T00:00:00Z", 0)]
    public async Task Get_filters(string filter, int count)
    {
        var actor = await Record(2);

        (await Get($"?actor={actor}&{filter}")).GetProperty("records").GetArrayLength().ShouldBe(count);
    }

    [Theory]
    [InlineData("limit", "0")]
    [InlineData("limit", "1001")]
    [InlineData("limit", "x")]
    [InlineData("before", "-1")]
    [InlineData("from", "yesterday")]
    [InlineData("outcome", "Denied!")]
    public async Task Get_refuses_a_bad_query_and_names_the_field(string name, string value)
    {
        using var response = await host.Management.GetAsync($"/admin/v1/audit?{name}={value}", Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("errors").TryGetProperty(name, out _).ShouldBeTrue();
    }

    [Fact]
    public async Task Recorded_events_outlive_a_restart()
    {
        await using var own = await GatehouseHost.Start();
        var trail = own.Services.GetRequiredService<IAuditTrail>();
        trail.Record(new AuditEvent { Type = "test.restart", Actor = "local", Target = "before" });
        // Not flushed: a stop in good order loses nothing.
        await own.Restart();

        var found = await own.Management.GetFromJsonAsync<JsonElement>("/admin/v1/audit?type=test.restart", Cancel);

        found.GetProperty("records").EnumerateArray().ShouldHaveSingleItem().GetProperty("target").GetString().ShouldBe("before");
    }

    private async Task<string> Record(int count)
    {
        var actor = $"user:{Guid.NewGuid():N}";
        for (var i = 0; i < count; i++)
        {
            Trail.Record(new AuditEvent
            {
                Type = "test.recorded",
                Actor = actor,
                Target = $"{i}",
                Outcome = AuditOutcome.Denied,
                Address = "10.1.2.3",
                Details = ImmutableDictionary<string, string>.Empty.Add("why", "because"),
            });
        }

        await Trail.Flush(Cancel);
        return actor;
    }

    private Task<JsonElement> Get(string query) => host.Management.GetFromJsonAsync<JsonElement>($"/admin/v1/audit{query}", Cancel);
}
