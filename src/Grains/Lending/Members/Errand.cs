using System.Globalization;

namespace Gatehouse.Grains.Lending.Members;

/// <summary>What a member wants done.</summary>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Target">The book, loan or hold.</param>
/// <param name="Points">How many points are paid.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.lending.errand")]
public sealed record Errand(
    [property: Id(0)] ErrandKind Kind,
    [property: Id(1)] string Target,
    [property: Id(2)] int Points = 0)
{
    /// <summary>Tells it from others, to notice an operation id that is used for two.</summary>
    internal string Fingerprint => string.Create(CultureInfo.InvariantCulture, $"{(int)Kind} {Target} {Points}");
}

/// <summary>The kinds of errands.</summary>
[GenerateSerializer, Alias("gatehouse.lending.errand-kind")]
public enum ErrandKind
{
    /// <summary>Borrow a book.</summary>
    Borrow = 0,

    /// <summary>Bring a loan back.</summary>
    Return = 1,

    /// <summary>Keep a loan for longer.</summary>
    Renew = 2,

    /// <summary>Wait for a book.</summary>
    PlaceHold = 3,

    /// <summary>Wait no longer.</summary>
    CancelHold = 4,

    /// <summary>Pay points.</summary>
    Pay = 5,
}

/// <summary>An errand that is under way: the work of its saga.</summary>
/// <param name="Operation">The operation's id.</param>
/// <param name="Errand">What is to be done.</param>
/// <param name="Id">The errand's id, which becomes that of the loan or hold.</param>
/// <param name="Book">The book that is asked.</param>
/// <param name="At">When it was begun; a book counts as brought back then.</param>
/// <param name="Answer">What the book answered.</param>
[GenerateSerializer, Immutable, Alias("gatehouse.lending.errand-work")]
internal sealed record ErrandWork(
    [property: Id(0)] string Operation,
    [property: Id(1)] Errand Errand,
    [property: Id(2)] string Id,
    [property: Id(3)] string Book,
    [property: Id(4)] DateTimeOffset At,
    [property: Id(5)] Books.BookAnswer? Answer = null);
