using Gatehouse.Api.Lending.Catalogue;
using Gatehouse.Api.Lending.Seed;

namespace Gatehouse.Api.Tests.Lending;

public sealed class SeedBooksTests
{
    [Fact]
    public void All_areDistinctAndComplete()
    {
        SeedBooks.All.Length.ShouldBeGreaterThan(300);
        SeedBooks.All.Select(book => book.Id).ShouldBeUnique();
        SeedBooks.All.ShouldAllBe(book => book.Details.Title.Length > 0 && book.Copies > 0 && (book.Details.Language == "en" || book.Details.Language == "ko"));
        SeedBooks.All.ShouldAllBe(book => book.Details.Year == null || book.Details.Year < 1950);
    }

    [Theory]
    [InlineData("978-0-306-40615-7", "9780306406157")]
    [InlineData("0-306-40615-2", "9780306406157")]
    [InlineData("080442957X", "9780804429573")]
    public void Isbn_withRightCheckDigit_isRead(string text, string expected)
    {
        Isbn.TryRead(text, out var isbn).ShouldBeTrue();
        isbn.ShouldBe(expected);
    }

    [Theory]
    [InlineData("9780306406158")]
    [InlineData("0306406153")]
    [InlineData("1234567890123")]
    [InlineData("97803064061")]
    [InlineData("X306406152")]
    [InlineData("")]
    public void Isbn_thatIsNone_isNotRead(string text) => Isbn.TryRead(text, out _).ShouldBeFalse();
}
