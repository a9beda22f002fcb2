namespace Gatehouse.Grains.Patterns.UniqueIndex;

/// <summary>
/// Who owns one value of something that must be unique, such as an ISBN. A value is claimed before its owner is written,
/// confirmed after, and released when it came to nothing; a claim that is neither lapses. The key is
/// <c>INDEX/VALUE</c>. All commands are idempotent.
/// </summary>
[Alias("gatehouse.patterns.unique-index")]
public interface IUniqueIndexGrain : IGrainWithStringKey
{
    /// <summary>Claims the value. Gives who has it then: the caller, or the one who was earlier.</summary>
    /// <param name="owner">Whoever is to own the value.</param>
    /// <param name="validity">How long the claim holds without confirmation.</param>
    [Alias("claim")]
    Task<string> Claim(string owner, TimeSpan validity);

    /// <summary>Makes the claim last. False when it has lapsed and somebody else has the value now.</summary>
    /// <param name="owner">Whoever claimed it.</param>
    [Alias("confirm")]
    Task<bool> Confirm(string owner);

    /// <summary>Gives the value up, claimed or confirmed; of another's nothing changes.</summary>
    /// <param name="owner">Whoever has it.</param>
    [Alias("release")]
    Task Release(string owner);

    /// <summary>Who has confirmed the value; null when nobody has.</summary>
    [Alias("find")]
    ValueTask<string?> Find();
}
