using System.Collections.Immutable;
using System.Text.Json;
using Gatehouse.Api.Problems;
using Gatehouse.Api.Registry;

namespace Gatehouse.Api.Auth.Users;

/// <summary>What an administrator says of a user.</summary>
internal sealed record UserDocument(string Login, string? Email, string Name, string? Password, ImmutableArray<string> Roles, bool Disabled)
{
    private const int MaxRoles = 50;
    private const int MaxRole = 50;

    /// <summary>Reads a new user.</summary>
    public static (UserDocument?, Problem?) ReadNew(JsonElement body)
    {
        var fields = new JsonFields(body, "login", "email", "name", "password", "roles", "disabled");
        var login = fields.Text("login", required: true, maxLength: 254)?.Trim() ?? "";
        if (login.Length == 0)
        {
            fields.Refuse("login", "must not be empty");
        }

        return Read(fields, login, fields.Text("email", maxLength: 254), fields.Text("password", maxLength: PasswordRules.MaxLength));
    }

    /// <summary>Reads what is to be of a user that there is. Only the user changes the rest.</summary>
    public static (UserDocument?, Problem?) ReadChange(JsonElement body) => Read(new JsonFields(body, "name", "roles", "disabled"), "", null, null);

    private static (UserDocument?, Problem?) Read(JsonFields fields, string login, string? email, string? password)
    {
        if (email is not null && !SignUpEndpoints.IsEmail(email))
        {
            fields.Refuse("email", "must be an e-mail address");
        }

        var roles = fields.Texts("roles", MaxRoles, MaxRole);
        if (!roles.All(IsRole))
        {
            fields.Refuse("roles", "must be lower-case letters, digits and hyphens");
        }

        var document = new UserDocument(
            login, email, fields.Text("name", maxLength: 100)?.Trim() ?? "", password, [.. roles.Order(StringComparer.Ordinal)], fields.Flag("disabled"));
        return fields.Errors.Count == 0
            ? (document, null)
            : (null, new Problem(StatusCodes.Status400BadRequest, "invalid-user", "The user is refused") { Errors = fields.Errors });
    }

    /// <summary>Whether it can be a role.</summary>
    public static bool IsRole(string role) => role.Length is > 0 and <= MaxRole && role.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-');
}

/// <summary>What an administrator changes of a user.</summary>
internal sealed record UserChange(string Name, IReadOnlyList<string> Roles, bool Disabled);
