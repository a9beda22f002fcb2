namespace Gatehouse.Grains.Patterns;

/// <summary>
/// Work across grains, as its coordinator keeps it in its own state while it is under way. Every step is idempotent, so
/// only the beginning, the turn back and the end are written: whoever finds a saga in the state takes it up from there.
/// </summary>
/// <param name="Id">Names it in every step, so that a step that is repeated is recognized.</param>
/// <param name="Work">What is to be done, and what has come of it so far.</param>
/// <param name="Undo">How many steps from the first are to be compensated; null while it goes forward.</param>
/// <typeparam name="TWork">The work, an immutable record.</typeparam>
[GenerateSerializer, Immutable, Alias("gatehouse.patterns.saga`1")]
public sealed record Saga<TWork>(
    [property: Id(0)] string Id,
    [property: Id(1)] TWork Work,
    [property: Id(2)] int? Undo = null);

/// <summary>One step of a saga.</summary>
/// <param name="Forward">
/// Does it, and gives the work with what came of it. Idempotent. Throws when the outcome is unknown: then it is repeated later.
/// </param>
/// <param name="Compensate">Undoes it, also when it was never done. Idempotent. Null when there is nothing to undo.</param>
/// <typeparam name="TWork">The work.</typeparam>
public sealed record SagaStep<TWork>(Func<TWork, Task<SagaAnswer<TWork>>> Forward, Func<TWork, Task>? Compensate = null);

/// <summary>What a step came to, and in the end the saga.</summary>
/// <param name="Work">The work with the outcome.</param>
/// <param name="Refused">Whether it was refused; a step that is refused has changed nothing.</param>
/// <typeparam name="TWork">The work.</typeparam>
public readonly record struct SagaAnswer<TWork>(TWork Work, bool Refused);
