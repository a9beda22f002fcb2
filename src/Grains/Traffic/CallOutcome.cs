namespace Gatehouse.Grains.Traffic;

/// <summary>How a call ended. From <see cref="Failure"/> on it counts as an error.</summary>
[GenerateSerializer, Alias("gatehouse.traffic.outcome")]
public enum CallOutcome : byte
{
    /// <summary>It was answered.</summary>
    Success = 0,

    /// <summary>The caller was at fault (4xx).</summary>
    ClientError = 1,

    /// <summary>A limit was reached (429).</summary>
    Limited = 2,

    /// <summary>The caller left before the answer.</summary>
    Cancelled = 3,

    /// <summary>The service answered with an error (5xx), not at all, or broke off.</summary>
    Failure = 4,

    /// <summary>No answer in time.</summary>
    Timeout = 5,

    /// <summary>Not sent, because a circuit is open.</summary>
    ShortCircuited = 6,

    /// <summary>Not sent, because too many calls are under way.</summary>
    Rejected = 7,
}

/// <summary>The outcomes in general.</summary>
public static class CallOutcomes
{
    /// <summary>How many there are.</summary>
    public const int Count = 8;

    private static readonly string[] Names =
        ["success", "client-error", "limited", "cancelled", "failure", "timeout", "short-circuited", "rejected"];

    /// <summary>Whether it counts as an error of the system.</summary>
    public static bool IsError(this CallOutcome outcome) => outcome >= CallOutcome.Failure;

    /// <summary>Its name in kebab-case.</summary>
    public static string NameOf(CallOutcome outcome) => Names[(int)outcome];
}
