using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Api.Gateway.Auth;

/// <summary>
/// The SHA-256 of a credential and its kind: what verified credentials are remembered by, so that memory holds none that
/// could be used.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct CredentialHash : IEquatable<CredentialHash>
{
    /// <summary>The longest credential that is looked at.</summary>
    public const int MaxLength = 8192;

    private readonly long first;
    private readonly long second;
    private readonly long third;
    private readonly long fourth;

    /// <summary>Hashes a credential.</summary>
    /// <returns>False when it is too long, or has characters that no credential has.</returns>
    public static bool TryCompute(CredentialKind kind, ReadOnlySpan<char> credential, out CredentialHash hash)
    {
        hash = default;
        if (credential.Length > MaxLength)
        {
            return false;
        }

        // Cleared by the runtime, which costs less than renting.
        Span<byte> bytes = stackalloc byte[credential.Length <= 1024 ? 1025 : MaxLength + 1];
        bytes[0] = (byte)kind;
        if (Ascii.FromUtf16(credential, bytes[1..], out var length) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        Span<CredentialHash> result = MemoryMarshal.CreateSpan(ref hash, 1);
        SHA256.HashData(bytes[..(length + 1)], MemoryMarshal.AsBytes(result));
        return true;
    }

    public bool Equals(CredentialHash other) => first == other.first && second == other.second && third == other.third && fourth == other.fourth;

    public override bool Equals(object? obj) => obj is CredentialHash other && Equals(other);

    public override int GetHashCode() => first.GetHashCode();

    public override string ToString() =>
        Base64Url.EncodeToString(MemoryMarshal.AsBytes(new ReadOnlySpan<CredentialHash>(in this)));
}
