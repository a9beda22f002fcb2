namespace Gatehouse.Api.Telemetry.Access;

/// <summary>Where lines of the access log go.</summary>
/// <param name="Open">Opens it.</param>
/// <param name="Turn">What is locked while lines are written, for others that write to the same.</param>
internal sealed record AccessOutput(Func<Stream> Open, object Turn)
{
    /// <summary>
    /// The process's standard output. The console's logger writes a long line in pieces, and holds the lock of its writer until the line
    /// is out: without it a line of the one could come within a line of the other.
    /// </summary>
    public static AccessOutput Console { get; } = new(System.Console.OpenStandardOutput, System.Console.Out);
}
