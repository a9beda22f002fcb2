using Xunit.Sdk;

namespace Gatehouse.Deploy.Tests;

public sealed class ToolTests
{
    [Fact]
    public void Tool_that_is_missing_skips_the_test() => Should.Throw<SkipException>(() => Tool.Find("no-such-tool", ci: false));

    [Fact]
    public void Tool_that_is_missing_fails_the_test_in_CI() => Should.Throw<FileNotFoundException>(() => Tool.Find("no-such-tool", ci: true));
}
