namespace Gatehouse.Api.Gateway.Attempts;

/// <summary>How an attempt ended before anything of a response was passed on.</summary>
/// <param name="Kind">How.</param>
/// <param name="Status">The service's status, or the one that the gateway answers with.</param>
internal readonly record struct AttemptEnd(EndKind Kind, int Status)
{
    /// <summary>No connection could be made: nothing was sent.</summary>
    public static readonly AttemptEnd Unreachable = new(EndKind.Unreachable, StatusCodes.Status502BadGateway);

    /// <summary>The service broke off.</summary>
    public static readonly AttemptEnd BrokenOff = new(EndKind.BrokenOff, StatusCodes.Status502BadGateway);

    /// <summary>The service did not answer in time.</summary>
    public static readonly AttemptEnd TimedOut = new(EndKind.TimedOut, StatusCodes.Status504GatewayTimeout);

    /// <summary>It is not the service's doing, or nobody waits any more.</summary>
    public static readonly AttemptEnd NotItsDoing = new(EndKind.NotItsDoing, 0);

    /// <summary>The service answered.</summary>
    public static AttemptEnd Answered(int status) => new(EndKind.Answered, status);

    /// <summary>What metrics call it.</summary>
    public string Name => Kind switch
    {
        EndKind.Unreachable => "connect",
        EndKind.BrokenOff => "broken-off",
        EndKind.TimedOut => "timeout",
        _ => Status.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}

/// <summary>The ways that an attempt ends.</summary>
internal enum EndKind
{
    NotItsDoing = 0,
    Answered,
    Unreachable,
    BrokenOff,
    TimedOut,
}
