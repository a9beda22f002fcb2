using System.Collections.Immutable;
using CsCheck;
using Gatehouse.Grains.Patterns;

namespace Gatehouse.Grains.Tests.Patterns;

/// <summary>A saga of several steps, each of which may be refused, fail before or fail after it took effect.</summary>
public sealed class SagaRunnerTests
{
    private readonly HashSet<int> done = [];
    private readonly List<string> calls = [];
    private readonly Queue<Trouble> troubles = [];
    private Saga<string> stored = new("s", "work");
    private int? refusedStep;

    private enum Trouble
    {
        None,
        Before,
        After,
    }

    [Fact]
    public async Task Run_allStepsDone_doesEachOnceInOrderAndWritesNothing()
    {
        (await Run()).Refused.ShouldBeFalse();

        calls.ShouldBe(["do 0", "do 1", "do 2"]);
        stored.Undo.ShouldBeNull();
    }

    [Fact]
    public async Task Run_stepRefused_undoesThoseBeforeInReverseAndSavesTheTurnFirst()
    {
        refusedStep = 2;

        (await Run()).ShouldBe(new SagaAnswer<string>("refused by 2", Refused: true));

        calls.ShouldBe(["do 0", "do 1", "do 2", "save", "undo 1", "undo 0"]);
        done.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_firstStepRefused_hasNothingToUndo()
    {
        refusedStep = 0;

        (await Run()).Refused.ShouldBeTrue();

        calls.ShouldBe(["do 0"]);
    }

    [Fact]
    public async Task Run_takenUpAfterTheTurn_onlyUndoes()
    {
        done.UnionWith([0, 1]);
        stored = stored with { Undo = 2 };

        (await Run()).Refused.ShouldBeTrue();

        calls.ShouldBe(["undo 1", "undo 0"]);
    }

    [Fact]
    public void Run_repeatedUntilItEnds_hasDoneAllOrNothingWhateverFails() => Record.Exception(() =>
        Gen.Select(Gen.Int[0, 2].Array[0, 12], Gen.Int[0, 3]).Sample((faults, refused) =>
        {
            var test = new SagaRunnerTests { refusedStep = refused < 3 ? refused : null };
            foreach (var fault in faults)
            {
                test.troubles.Enqueue((Trouble)fault);
            }

            SagaAnswer<string>? end = null;
            while (end is null)
            {
                var run = test.Run();
                end = run.IsCompletedSuccessfully ? run.Result : null;
                _ = run.Exception;
            }

            end.Value.Refused.ShouldBe(test.refusedStep is not null);
            test.done.ShouldBe(test.refusedStep is null ? [0, 1, 2] : [], ignoreOrder: true);
        }, iter: 500))?.ToString().ShouldBeNull();

    private Task<SagaAnswer<string>> Run() => new SagaRunner<string>([.. Enumerable.Range(0, 3).Select(Step)], Save).Run(stored);

    private SagaStep<string> Step(int number) => new(
        work => Call($"do {number}", () =>
        {
            if (number == refusedStep)
            {
                return new SagaAnswer<string>($"refused by {number}", Refused: true);
            }

            done.Add(number);
            return new SagaAnswer<string>(work, Refused: false);
        }),
        _ => Call($"undo {number}", () => done.Remove(number)));

    private Task<Saga<string>> Save(Saga<string> saga) => Call("save", () => stored = saga);

    private Task<T> Call<T>(string name, Func<T> effect)
    {
        calls.Add(name);
        troubles.TryDequeue(out var trouble);
        if (trouble == Trouble.Before)
        {
            return Task.FromException<T>(new TimeoutException("Lost."));
        }

        var result = effect();
        return trouble == Trouble.After ? Task.FromException<T>(new TimeoutException("The reply was lost.")) : Task.FromResult(result);
    }
}
