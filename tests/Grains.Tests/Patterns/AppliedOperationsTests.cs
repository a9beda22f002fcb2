using Gatehouse.Grains.Patterns;

namespace Gatehouse.Grains.Tests.Patterns;

public sealed class AppliedOperationsTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Find_remembered_givesItsAnswer() =>
        new AppliedOperations<int>().Add(At("a", 0), 7, Start, 2).Find("a")!.Answer.ShouldBe(7);

    [Fact]
    public void Find_unknown_isNull() => new AppliedOperations<int>().Find("a").ShouldBeNull();

    [Fact]
    public void Add_moreThanIsKept_forgetsTheOldestThatHaveExpired()
    {
        var operations = new AppliedOperations<int>();
        for (var i = 0; i < 5; i++)
        {
            operations = operations.Add(At($"{i}", i), i, Start.AddMinutes(i), keep: 2);
        }

        operations.Entries.Select(entry => entry.Id).ShouldBe(["3", "4"]);
    }

    [Fact]
    public void Add_moreThanIsKept_forgetsNoneWhoseMessagesMayStillArrive()
    {
        var operations = new AppliedOperations<int>();
        for (var i = 0; i < 5; i++)
        {
            operations = operations.Add(At($"{i}", 0), i, Start, keep: 0);
        }

        operations.Entries.Length.ShouldBe(5);
    }

    [Fact]
    public void Add_rememberedAlready_remembersItLongerOnce() =>
        new AppliedOperations<int>().Add(At("a", 0), 1, Start, 8).Add(At("a", 2), 1, Start, 8)
            .Entries.ShouldHaveSingleItem().Until.ShouldBe(At("a", 2).Until);

    [Fact]
    public void ThrowIfExpired_afterItsTime_throws()
    {
        var operation = new Operation("a", Start);

        Should.NotThrow(() => operation.ThrowIfExpired(Start));
        Should.Throw<OperationExpiredException>(() => operation.ThrowIfExpired(Start.AddTicks(1)));
    }

    private static Operation At(string id, int minute) => new(id, Start.AddMinutes(minute) + Operation.Validity);
}
