using System.Text.Json;

namespace Gatehouse.Api.Tests.Lending;

/// <summary>Searching the first books.</summary>
[Collection(SharedLending.Name)]
public sealed class CatalogueTests(LendingHost library)
{
    [Theory]
    [InlineData("pride", "pride-and-prejudice")]
    [InlineData("PREJUD", "pride-and-prejudice")]
    [InlineData("austen pride", "pride-and-prejudice")]
    [InlineData("bronte jane", "jane-eyre")]
    [InlineData("les miserables", "les-miserables")]
    [InlineData("alice's", "alices-adventures-in-wonderland")]
    [InlineData("메밀꽃", "memilkkot-pil-muryeop")]
    [InlineData("길동", "hong-gildong-jeon")]
    [InlineData("김유정 봄", "bombom")]
    [InlineData("윤동주", "haneulgwa-baramgwa-byeolgwa-si")]
    [InlineData("\u1100\u1161\u11b7\u110c\u1161", "gamja")]
    public async Task Search_wordsAndBeginnings_find(string query, string id) =>
        (await Find($"q={Uri.EscapeDataString(query)}")).ShouldContain(id);

    [Theory]
    [InlineData("austen hamlet")]
    [InlineData("zzzz")]
    [InlineData("!!!")]
    public async Task Search_whatNobodyWrote_isEmpty(string query) => (await Find($"q={Uri.EscapeDataString(query)}")).ShouldBeEmpty();

    [Fact]
    public async Task Pages_giveEveryBookOnce()
    {
        var path = "/lending/books?q=the&limit=7";
        var found = new List<string>();
        while (true)
        {
            var page = (await library.Anybody(path)).Body;
            found.AddRange(Ids(page));
            if (!page.TryGetProperty("next", out var next))
            {
                found.Count.ShouldBe(page.GetProperty("total").GetInt32());
                break;
            }

            path = $"/lending/books?q=the&limit=7&after={next.GetString()}";
        }

        found.ShouldBeUnique();
        found.Count.ShouldBeGreaterThan(50);
    }

    private static IEnumerable<string> Ids(JsonElement page) => page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!);

    private async Task<string[]> Find(string query) => [.. Ids((await library.Anybody($"/lending/books?limit=100&{query}")).Body)];
}
