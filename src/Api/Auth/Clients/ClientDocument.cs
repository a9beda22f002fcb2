using System.Collections.Immutable;
using System.Text.Json;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Registry;
using Gatehouse.Grains.Identity.Clients;

namespace Gatehouse.Api.Auth.Clients;

/// <summary>A client as the management API takes and gives it; never with its secret.</summary>
internal static class ClientDocument
{
    private const int MaxItems = 128;
    private const int MaxLength = 2000;

    /// <summary>Reads a client, or says what is wrong with it.</summary>
    public static (Client? Client, Problem? Problem) Read(JsonElement document, string id)
    {
        var fields = new JsonFields(
            document, "id", "name", "public", "grants", "redirectUris", "postLogoutRedirectUris", "scopes", "audiences", "roles",
            "trusted", "requirePushedRequests", "backChannelLogoutUri", "disabled");
        if (fields.Text("id") is { } named && named != id)
        {
            fields.Refuse("id", "must be the one of the address, or left out");
        }

        var client = new Client
        {
            Id = id,
            Name = fields.Text("name", maxLength: 100) ?? "",
            Public = fields.Flag("public"),
            Grants = Texts("grants"),
            RedirectUris = Texts("redirectUris"),
            PostLogoutRedirectUris = Texts("postLogoutRedirectUris"),
            Scopes = Texts("scopes"),
            Audiences = Texts("audiences"),
            Roles = Texts("roles"),
            Trusted = fields.Flag("trusted"),
            RequirePushedRequests = fields.Flag("requirePushedRequests"),
            BackChannelLogoutUri = fields.Text("backChannelLogoutUri", maxLength: MaxLength),
            Disabled = fields.Flag("disabled"),
        };
        foreach (var (field, why) in ClientRules.Check(client))
        {
            fields.Refuse(field, why);
        }

        return fields.Errors.Count == 0 ? (client, null) : (null, ClientProblems.Invalid(fields.Errors));

        ImmutableArray<string> Texts(string name) => fields.Texts(name, MaxItems, MaxLength);
    }

    /// <summary>The client as a JSON body.</summary>
    public static ClientBody Write(Client client, string? secret = null) => new(
        client.Id,
        client.Name,
        client.Public,
        client.Grants,
        client.RedirectUris,
        client.PostLogoutRedirectUris,
        client.Scopes,
        client.Audiences,
        client.Roles,
        client.Trusted,
        client.RequirePushedRequests,
        client.BackChannelLogoutUri,
        client.Disabled,
        secret);
}

/// <summary>The JSON of a client; the secret is there once, in the answer to what made it.</summary>
internal sealed record ClientBody(
    string Id,
    string Name,
    bool Public,
    ImmutableArray<string> Grants,
    ImmutableArray<string> RedirectUris,
    ImmutableArray<string> PostLogoutRedirectUris,
    ImmutableArray<string> Scopes,
    ImmutableArray<string> Audiences,
    ImmutableArray<string> Roles,
    bool Trusted,
    bool RequirePushedRequests,
    string? BackChannelLogoutUri,
    bool Disabled,
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)] string? Secret);
