using CsCheck;
using Gatehouse.Grains.Lending;
using Gatehouse.Grains.Lending.Members;

namespace Gatehouse.Grains.Tests.Lending;

/// <summary>Random commands, in good weather, against a model that says in a few lines what each must come to.</summary>
public sealed class LendingModelTests
{
    private static readonly int[] Copies = [1, 1, 2, 3, 1, 2, 1];

    private static readonly Gen<(int Member, ErrandKind Kind, int Target, int Days)[]> Runs = Gen.Select(
        Gen.Int[0, 3],
        Gen.Frequency(
            (5, Gen.Const(ErrandKind.Borrow)),
            (3, Gen.Const(ErrandKind.Return)),
            (1, Gen.Const(ErrandKind.Renew)),
            (3, Gen.Const(ErrandKind.PlaceHold)),
            (1, Gen.Const(ErrandKind.CancelHold)),
            (1, Gen.Const(ErrandKind.Pay))),
        Gen.Int[0, Copies.Length],
        Gen.Frequency((12, Gen.Const(0)), (3, Gen.Int[1, 4]), (1, Gen.Int[10, 40]))).Array[1, 80];

    [Fact]
    public void Every_command_is_answered_as_the_model_says() =>
        Record.Exception(() => Runs.Sample(Run, iter: 300))?.ToString().ShouldBeNull();

    private static void Run((int Member, ErrandKind Kind, int Target, int Days)[] steps)
    {
        var library = new Library(4, Copies);
        var model = new LibraryModel(4, Copies, library.Time);
        for (var i = 0; i < steps.Length; i++)
        {
            var (member, kind, target, days) = steps[i];
            for (var day = 0; day < days; day++)
            {
                library.Pass(TimeSpan.FromDays(1));
                library.Background();
                model.Expire();
            }

            var errand = model.Make(member, kind, target);
            var expected = model.Do(member, errand);
            var command = library.Do(member, $"op{i}", errand);
            command.IsCompletedSuccessfully.ShouldBeTrue();
            command.Result.Outcome.ShouldBe(expected, $"step {i}: {errand}");
            if (expected == LendingOutcome.Done)
            {
                model.Named(member, errand, command.Result);
                library.Do(member, $"op{i}", errand).Result.ShouldBe(command.Result);
            }

            library.Background();
            model.ShouldMatch(library);
        }
    }
}
