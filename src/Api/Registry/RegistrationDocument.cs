using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Gatehouse.Api.Problems;
using Gatehouse.Grains.Registry;

namespace Gatehouse.Api.Registry;

/// <summary>The body of a registration.</summary>
internal static class RegistrationDocument
{
    private const int DefaultLeaseSeconds = 30;

    // What a URL parser would trim, rewrite or read as something else than an authority.
    private static readonly SearchValues<char> NotInAddress = SearchValues.Create(" \t\\@?#%");

    /// <summary>The instance that the document registers, or what is wrong with it.</summary>
    public static (Instance? Instance, Problem? Problem) Parse(JsonElement document, string service, string id)
    {
        var fields = new JsonFields(document, "address", "zone", "weight", "metadata", "leaseSeconds");
        var address = fields.Text("address", required: true, maxLength: 512);
        if (address is not null && !TryAddress(address, out address))
        {
            fields.Refuse("address", "must be an http or https URL of a host and a port, without user, path, query and fragment");
        }

        var instance = new Instance
        {
            Service = service,
            Id = id,
            Address = address ?? "",
            Zone = fields.Text("zone", maxLength: 64) ?? "",
            Weight = fields.Number("weight", 1, 0, 1000),
            Metadata = fields.Pairs("metadata", maxPairs: 64, maxKey: 128, maxValue: 1024).ToImmutableDictionary(),
            Lease = TimeSpan.FromSeconds(fields.Number("leaseSeconds", DefaultLeaseSeconds, 1, 3600)),
        };
        return fields.Errors.Count == 0 ? (instance, null) : (null, RegistryProblems.Invalid(fields.Errors));
    }

    /// <summary>Brings an address into the form it is kept in; false when it is none.</summary>
    public static bool TryAddress(string text, out string address)
    {
        address = text;
        if (text.AsSpan().ContainsAny(NotInAddress) || !Uri.TryCreate(text, UriKind.Absolute, out var uri))
        {
            return false;
        }

        if ((uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
            || uri.Host.Length == 0
            || uri.Port is <= 0 or > 65535
            || uri.UserInfo.Length > 0
            || uri.PathAndQuery != "/"
            || uri.HostNameType is UriHostNameType.Unknown or UriHostNameType.Basic)
        {
            return false;
        }

        address = uri.GetLeftPart(UriPartial.Authority);
        return true;
    }
}
