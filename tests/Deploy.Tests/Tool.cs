namespace Gatehouse.Deploy.Tests;

/// <summary>A program of others that a test runs.</summary>
internal static class Tool
{
    /// <summary>Where it is. Without it the test is skipped, but not in CI, where nobody would see that.</summary>
    public static string Find(string name) => Find(name, ci: Environment.GetEnvironmentVariable("CI") == "true");

    internal static string Find(string name, bool ci)
    {
        var path = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null && !ci, $"{name} is not installed.");
        return path ?? throw new FileNotFoundException($"{name} is not installed, and in CI no test goes without it.", name);
    }
}
