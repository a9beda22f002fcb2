using System.Collections.Immutable;

namespace Gatehouse.Grains.Patterns;

/// <summary>
/// The operations a grain has applied lately, in the state that they changed and written with it: so an operation is
/// applied once, whatever is repeated, delivered twice or redone after a crash. An operation is remembered at least until
/// no message of it can take effect any more, and beyond that among the last few, for clients that repeat a request.
/// </summary>
/// <typeparam name="TAnswer">What the operation was answered, and is again when repeated.</typeparam>
[GenerateSerializer, Immutable, Alias("gatehouse.patterns.applied-operations`1")]
public sealed record AppliedOperations<TAnswer>
{
    /// <summary>The operations, oldest first.</summary>
    [Id(0)] public ImmutableArray<AppliedOperation<TAnswer>> Entries { get; init; } = [];

    /// <summary>The operation if it is remembered.</summary>
    public AppliedOperation<TAnswer>? Find(string id)
    {
        foreach (var entry in Entries)
        {
            if (entry.Id == id)
            {
                return entry;
            }
        }

        return null;
    }

    /// <summary>Remembers an operation, or for longer one that is remembered, and forgets what need not be.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="answer">Its answer.</param>
    /// <param name="now">The time.</param>
    /// <param name="keep">How many to remember of those whose messages have all expired.</param>
    public AppliedOperations<TAnswer> Add(Operation operation, TAnswer answer, DateTimeOffset now, int keep)
    {
        var surplus = Entries.Length + 1 - Math.Max(keep, 1);
        var kept = ImmutableArray.CreateBuilder<AppliedOperation<TAnswer>>(Entries.Length + 1);
        foreach (var entry in Entries)
        {
            if (entry.Id == operation.Id || (surplus > 0 && now > entry.Until))
            {
                surplus--;
            }
            else
            {
                kept.Add(entry);
            }
        }

        kept.Add(new AppliedOperation<TAnswer>(operation.Id, operation.Until, answer));
        return new AppliedOperations<TAnswer> { Entries = kept.DrainToImmutable() };
    }
}

/// <summary>An operation that was applied.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Until">Until when a message of it could take effect.</param>
/// <param name="Answer">What it was answered.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.patterns.applied-operation`1")]
public sealed record AppliedOperation<TAnswer>(
    [property: Id(0)] string Id,
    [property: Id(1)] DateTimeOffset Until,
    [property: Id(2)] TAnswer Answer);
