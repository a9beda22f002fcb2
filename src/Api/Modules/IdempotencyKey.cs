using System.Diagnostics.CodeAnalysis;
using Gatehouse.Api.Problems;

namespace Gatehouse.Api.Modules;

/// <summary>The header by which a repeated command is known (draft-ietf-httpapi-idempotency-key-header).</summary>
public static class IdempotencyKey
{
    /// <summary>The header's name.</summary>
    public const string Header = "Idempotency-Key";

    private const int MaxLength = 64;

    private static readonly Problem Bad = Problem.Invalid(
        Header, $"must be given once: 1 to {MaxLength} visible ASCII characters, new for each command and the same when it is repeated");

    /// <summary>The refusal of a key that was used for another command before.</summary>
    public static Problem Reused { get; } = new(
        StatusCodes.Status422UnprocessableEntity, "idempotency-key-reused", "The key was used for another command", $"{Header} must be new for a new command.")
    {
        Errors = new Dictionary<string, string[]> { [Header] = ["was used for another command before"] },
    };

    /// <summary>The key as an operation's id, kept apart for each caller; the quotes of a structured field are left out.</summary>
    /// <param name="request">The request.</param>
    /// <param name="caller">Who calls.</param>
    /// <param name="operation">The operation's id.</param>
    /// <param name="problem">Why there is none.</param>
    public static bool TryRead(
        HttpRequest request, string caller, [NotNullWhen(true)] out string? operation, [NotNullWhen(false)] out Problem? problem)
    {
        (operation, problem) = (null, Bad);
        if (request.Headers[Header] is not [{ } key])
        {
            return false;
        }

        if (key is ['"', .., '"'] && key.Length > 2)
        {
            key = key[1..^1];
        }

        if (key.Length is 0 or > MaxLength || key.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0)
        {
            return false;
        }

        (operation, problem) = ($"{caller}/{key}", null);
        return true;
    }
}
