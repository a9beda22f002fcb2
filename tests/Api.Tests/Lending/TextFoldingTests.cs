using Gatehouse.Api.Lending.Catalogue;

namespace Gatehouse.Api.Tests.Lending;

public sealed class TextFoldingTests
{
    [Theory]
    [InlineData("Brontë", "bronte")]
    [InlineData("Bronte\u0308", "bronte")]
    [InlineData("Émile Zola", "emile zola")]
    [InlineData("Łódź ØRSTED", "lodz orsted")]
    [InlineData("ＡＢＣ１", "abc1")]
    [InlineData("메밀꽃", "메밀꽃")]
    [InlineData("\u1100\u1161\u11b7\u110c\u1161", "감자")]
    [InlineData("straße", "straße")]
    public void Fold_gives(string text, string expected) => TextFolding.Fold(text).ShouldBe(expected);
}
