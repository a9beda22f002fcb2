using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Grains.Lending.Books;
using Gatehouse.Grains.Lending.Catalogue;
using Gatehouse.Grains.Lending.Members;

namespace Gatehouse.Api.Lending;

/// <summary>A book in the catalogue.</summary>
internal sealed record BookSummary(
    string Id, string Title, ImmutableArray<string> Authors, int? Year, string Language, string? Isbn, int Copies)
{
    public static BookSummary Of(BookEntry book) => new(
        book.Id, book.Details.Title, book.Details.Authors, book.Details.Year, book.Details.Language, book.Details.Isbn, book.Copies);
}

/// <summary>A book and how its copies are doing.</summary>
internal sealed record BookBody(
    string Id,
    string Title,
    ImmutableArray<string> Authors,
    int? Year,
    string Language,
    string? Isbn,
    int Copies,
    int Available,
    int Waiting,
    long Revision)
{
    public static BookBody Of(BookView book) => new(
        book.Id,
        book.Details.Title,
        book.Details.Authors,
        book.Details.Year,
        book.Details.Language,
        book.Details.Isbn,
        book.Copies.Length,
        book.Available,
        book.Holds.Count(hold => hold.Copy is null),
        book.Revision);
}

/// <summary>A loan.</summary>
internal sealed record LoanBody(
    string Id, string Book, string? Title, string Member, int Copy, DateTimeOffset BorrowedAt, DateTimeOffset Due, int Renewals, bool Overdue);

/// <summary>A hold; <c>ready</c> until a time, or waiting.</summary>
internal sealed record HoldBody(string Id, string Book, string? Title, string Member, DateTimeOffset PlacedAt, bool Ready, DateTimeOffset? PickUpUntil);

/// <summary>A member.</summary>
internal sealed record MemberBody(
    string Id, string Name, int Points, bool Suspended, IReadOnlyList<LoanBody> Loans, IReadOnlyList<HoldBody> Holds);

/// <summary>A member in the list of members.</summary>
internal sealed record MemberSummary(string Id, string Name);

/// <summary>What a member is to be called.</summary>
internal sealed record MemberName(string Name);

/// <summary>Points that are paid.</summary>
internal sealed record Payment(int Points);

/// <summary>What was paid.</summary>
internal sealed record PaymentBody(int Paid, int Points);

/// <summary>A page of a list.</summary>
internal sealed record ListBody<T>(IReadOnlyList<T> Items, string? Next = null);

/// <summary>A copy of a book, as librarians see it.</summary>
internal sealed record CopyBody(int Number, string State, string? Loan, string? Member);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BookSummary))]
[JsonSerializable(typeof(BookBody))]
[JsonSerializable(typeof(LoanBody))]
[JsonSerializable(typeof(HoldBody))]
[JsonSerializable(typeof(MemberBody))]
[JsonSerializable(typeof(PaymentBody))]
[JsonSerializable(typeof(ListBody<LoanBody>))]
[JsonSerializable(typeof(ListBody<HoldBody>))]
[JsonSerializable(typeof(ListBody<MemberSummary>))]
[JsonSerializable(typeof(ListBody<CopyBody>))]
[JsonSerializable(typeof(string))]
internal sealed partial class LendingJson : JsonSerializerContext;
