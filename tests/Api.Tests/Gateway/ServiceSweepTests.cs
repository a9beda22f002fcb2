using Gatehouse.Api.Gateway;
using Gatehouse.Api.Gateway.Attempts;
using Gatehouse.Api.Gateway.Circuits;
using Gatehouse.Api.Traffic;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Tests.Gateway;

/// <summary>What is kept for services whose number has no bound.</summary>
public sealed class ServiceSweepTests
{
    [Fact]
    public void Sweep_keepsWhatIsOfServicesThatAreThere_andNothingElse()
    {
        var circuits = new CircuitTable(TimeProvider.System);
        var budgets = new RetryBudgets(new TrafficTable(Options.Create(new TrafficOptions()), TimeProvider.System), TimeProvider.System);
        var (books, gone) = (circuits.Of("BOOKS"), circuits.Of("GONE"));
        var (booksBudget, goneBudget) = (budgets.Of("BOOKS"), budgets.Of("GONE"));

        foreach (var kept in new IKeptByService[] { circuits, budgets })
        {
            kept.Sweep(Make.Registry(Make.Entry("1")).Services);
        }

        circuits.Of("BOOKS").ShouldBeSameAs(books);
        circuits.Of("GONE").ShouldNotBeSameAs(gone);
        budgets.Of("BOOKS").ShouldBeSameAs(booksBudget);
        budgets.Of("GONE").ShouldNotBeSameAs(goneBudget);
    }

    [Fact]
    public async Task Gateway_sweepsEverythingThatIsKeptByService()
    {
        await using var front = await Front.Start([], []);

        front.Services.GetServices<IKeptByService>().Select(kept => kept.GetType())
            .ShouldBe([typeof(CircuitTable), typeof(RetryBudgets), typeof(Hedges), typeof(RoutePlans)], ignoreOrder: true);
    }
}
