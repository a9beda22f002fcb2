using System.Diagnostics;
using Gatehouse.Grains.Traffic;

namespace Gatehouse.Api.Traffic;

/// <summary>What is recorded of a call.</summary>
/// <param name="Microseconds">How long it took.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="BytesIn">The length of the request's body.</param>
/// <param name="BytesOut">The length of the response's body.</param>
internal readonly record struct CallFigures(long Microseconds, CallOutcome Outcome, long BytesIn, long BytesOut)
{
    /// <summary>The microseconds since a timestamp.</summary>
    public static long Since(long started) => (long)Stopwatch.GetElapsedTime(started).TotalMicroseconds;
}
