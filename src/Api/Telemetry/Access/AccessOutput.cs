namespace Gatehouse.Api.Telemetry.Access;

/// <summary>Where lines of the access log go.</summary>
/// <param name="Open">Opens it.</param>
internal sealed record AccessOutput(Func<Stream> Open)
{
    /// <summary>The process's standard output.</summary>
    public static AccessOutput Console { get; } = new(System.Console.OpenStandardOutput);
}
