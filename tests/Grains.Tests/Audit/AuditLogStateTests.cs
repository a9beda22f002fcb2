using System.Collections.Immutable;
using Gatehouse.Grains.Audit;

namespace Gatehouse.Grains.Tests.Audit;

public sealed class AuditLogStateTests
{
    private static readonly Guid Writer = Guid.NewGuid();

    [Fact]
    public void With_numbers_records_without_gaps()
    {
        var state = new AuditLogState().With(Writer, 0, Events(3)).With(Guid.NewGuid(), 0, Events(2));

        state.Open.Select(record => record.Number).ShouldBe([0, 1, 2, 3, 4]);
        state.Next.ShouldBe(5);
    }

    [Fact]
    public void With_a_batch_again_changes_nothing()
    {
        var state = new AuditLogState().With(Writer, 0, Events(3));

        state.With(Writer, 0, Events(3)).ShouldBeSameAs(state);
    }

    [Fact]
    public void With_a_batch_that_was_applied_in_part_takes_the_rest()
    {
        var state = new AuditLogState().With(Writer, 0, Events(3)).With(Writer, 1, Events(5));

        state.Open.Select(record => record.Event.Target).ShouldBe(["0", "1", "2", "2", "3", "4"]);
    }

    [Fact]
    public void Pages_are_cut_at_the_same_numbers_whatever_the_batches()
    {
        var random = new Random(7);
        var state = new AuditLogState();
        var sealedNumbers = new List<long>();
        long sent = 0;
        while (sealedNumbers.Count < 4 * IAuditPageGrain.Size)
        {
            var count = random.Next(1, 200);
            state = state.With(Writer, sent, Events(count));
            sent += count;
            while (state.HasFullPage(out var page))
            {
                page[0].Number.ShouldBe(state.OpenPage * IAuditPageGrain.Size);
                page.Length.ShouldBe(IAuditPageGrain.Size);
                sealedNumbers.AddRange(page.Select(record => record.Number));
                state = state.WithoutPage();
            }
        }

        sealedNumbers.Concat(state.Open.Select(record => record.Number)).ShouldBe(Enumerable.Range(0, (int)state.Next).Select(i => (long)i));
    }

    [Fact]
    public void With_more_writers_than_are_remembered_forgets_the_one_that_was_silent_longest()
    {
        var state = new AuditLogState().With(Writer, 0, Events(1));
        for (var i = 0; i < 100; i++)
        {
            state = state.With(Guid.NewGuid(), 0, Events(1)).With(Writer, i + 1, Events(1));
        }

        state.Writers.Length.ShouldBeLessThanOrEqualTo(64);
        state.Writers.ShouldContain(writer => writer.Id == Writer);
    }

    private static ImmutableArray<AuditEvent> Events(int count) =>
        [.. Enumerable.Range(0, count).Select(i => new AuditEvent { Type = "test", Actor = "local", Target = $"{i}" })];
}
