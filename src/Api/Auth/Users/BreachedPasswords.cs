using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Gatehouse.Api.Auth.Users;

/// <summary>
/// Passwords known from breaches, in a file of theirs SHA-1 hashes in ascending order, one a line, as Have I Been Pwned
/// gives it away. It is searched where it lies: the whole of it is tens of gigabytes.
/// </summary>
internal sealed class BreachedPasswords(IOptions<AccountOptions> options)
{
    private const int HashLength = 40;
    private const int MaxLine = 128;

    /// <summary>Whether the password is in the file; never, when there is none.</summary>
    public bool Contains(string password)
    {
        if (options.Value.BreachedPasswordsFile is not { } path)
        {
            return false;
        }

        // The list's own hash; nothing is kept of it.
#pragma warning disable CA5350, S4790
        var hash = Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(password)));
#pragma warning restore CA5350, S4790
        using var file = File.OpenHandle(path);
        return Search(file, hash);
    }

    private static bool Search(Microsoft.Win32.SafeHandles.SafeFileHandle file, string hash)
    {
        // The line sought begins at or after `from` and before `to`.
        long from = 0, to = RandomAccess.GetLength(file);
        Span<byte> buffer = stackalloc byte[2 * MaxLine];
        while (from < to)
        {
            var middle = from + ((to - from) / 2);
            var start = LineAt(file, middle, buffer, out var line);
            if (start < 0 || start >= to)
            {
                // No line begins in the upper half.
                to = middle;
                continue;
            }

            var order = string.CompareOrdinal(line, hash);
            if (order == 0)
            {
                return true;
            }

            (from, to) = order < 0 ? (start + 1, to) : (from, middle);
        }

        return false;
    }

    // The first line that begins at the position or after it.
    private static long LineAt(Microsoft.Win32.SafeHandles.SafeFileHandle file, long position, Span<byte> buffer, out string line)
    {
        line = "";
        var before = Math.Max(0, position - 1);
        var read = buffer[..RandomAccess.Read(file, buffer, before)];
        var skip = 0;
        if (position > 0)
        {
            var end = read.IndexOf((byte)'\n');
            if (end < 0)
            {
                return -1;
            }

            skip = end + 1;
        }

        if (read.Length - skip < HashLength)
        {
            return -1;
        }

        line = Encoding.ASCII.GetString(read.Slice(skip, HashLength)).ToUpperInvariant();
        return before + skip;
    }
}
