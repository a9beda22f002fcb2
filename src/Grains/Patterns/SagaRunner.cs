using System.Collections.Immutable;

namespace Gatehouse.Grains.Patterns;

/// <summary>
/// Takes a saga to its end: all steps done or, when one is refused, those before it undone. The coordinator has written the
/// saga before, and writes its end.
/// </summary>
/// <param name="steps">The steps, in order.</param>
/// <param name="save">Writes the saga into the coordinator's state, before it turns back.</param>
/// <typeparam name="TWork">The work.</typeparam>
public sealed class SagaRunner<TWork>(ImmutableArray<SagaStep<TWork>> steps, Func<Saga<TWork>, Task> save)
{
    /// <summary>Runs it from where it stands. When a step throws, it stays where it was written, and may be run again.</summary>
    public async Task<SagaAnswer<TWork>> Run(Saga<TWork> saga)
    {
        if (saga.Undo is null)
        {
            var (work, refused) = await Forward(saga.Work);
            if (refused is not { } at)
            {
                return new SagaAnswer<TWork>(work, Refused: false);
            }

            saga = saga with { Work = work, Undo = at };
            if (HasCompensation(at))
            {
                // Written first: steps that are undone already would be done once more by one who went forward again.
                await save(saga);
            }
        }

        for (var i = (saga.Undo ?? 0) - 1; i >= 0; i--)
        {
            if (steps[i].Compensate is { } compensate)
            {
                await compensate(saga.Work);
            }
        }

        return new SagaAnswer<TWork>(saga.Work, Refused: true);
    }

    private async Task<(TWork Work, int? RefusedAt)> Forward(TWork work)
    {
        for (var i = 0; i < steps.Length; i++)
        {
            var answer = await steps[i].Forward(work);
            work = answer.Work;
            if (answer.Refused)
            {
                return (work, i);
            }
        }

        return (work, null);
    }

    private bool HasCompensation(int before) => steps.Take(before).Any(step => step.Compensate is not null);
}
