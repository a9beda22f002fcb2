namespace Gatehouse.Api.Auth.Management;

/// <summary>What somebody may do on the management surface; each includes those before it.</summary>
internal enum ManagementScope
{
    /// <summary>Nothing that takes credentials.</summary>
    None = 0,

    /// <summary>Look: the registry, routes, metrics, the dashboard.</summary>
    Read,

    /// <summary>Register services and change routes.</summary>
    Operate,

    /// <summary>Everything: users, clients, sessions, keys, revocations, the audit log.</summary>
    Admin,
}

/// <summary>The scopes and roles that a <see cref="ManagementScope"/> comes from.</summary>
internal static class ManagementScopes
{
    private const string AdminRole = "admin";
    private const string OperatorRole = "operator";

    /// <summary>The scope as tokens, clients and API keys name it.</summary>
    public static string NameOf(ManagementScope scope) => scope switch
    {
        ManagementScope.Admin => "gatehouse.admin",
        ManagementScope.Operate => "gatehouse.operate",
        _ => "gatehouse.read",
    };

    /// <summary>The most that these scopes allow.</summary>
    public static ManagementScope OfScopes(IReadOnlyCollection<string> scopes)
    {
        for (var scope = ManagementScope.Admin; scope > ManagementScope.None; scope--)
        {
            if (scopes.Contains(NameOf(scope)))
            {
                return scope;
            }
        }

        return ManagementScope.None;
    }

    /// <summary>
    /// The most that a user's roles allow who is there in person. A token of theirs does not have it by their roles: it may
    /// be any client's.
    /// </summary>
    public static ManagementScope OfRoles(IReadOnlyCollection<string> roles)
    {
        if (roles.Contains(AdminRole))
        {
            return ManagementScope.Admin;
        }

        return roles.Contains(OperatorRole) ? ManagementScope.Operate : ManagementScope.None;
    }
}
