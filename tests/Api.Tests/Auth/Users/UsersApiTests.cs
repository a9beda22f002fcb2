using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gatehouse.Api.Auth.Users;
using Gatehouse.Api.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Api.Tests.Auth.Users;

[Collection(SharedGatehouse.Name)]
public sealed class UsersApiTests(GatehouseHost host)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_user_is_created_found_listed_and_deleted()
    {
        var email = $"{Guid.NewGuid():N}@example.com";
        using var created = await host.Management.PostAsJsonAsync("/admin/v1/users", new { login = email, email, name = "Ada", password = Browser.Password, roles = new[] { "operator" } }, Cancel);
        created.StatusCode.ShouldBe(HttpStatusCode.Created, await created.Content.ReadAsStringAsync(Cancel));
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("id").GetString()!;
        using var again = await host.Management.PostAsJsonAsync("/admin/v1/users", new { login = email.ToUpperInvariant(), password = Browser.Password }, Cancel);
        again.StatusCode.ShouldBe(HttpStatusCode.Conflict);

        var list = await host.Management.GetFromJsonAsync<JsonElement>($"/admin/v1/users?search={email}", Cancel);
        list.GetProperty("users").EnumerateArray().Select(user => user.GetProperty("id").GetString()).ShouldBe([id]);
        (await host.Management.GetStringAsync($"/admin/v1/users/{id}", Cancel)).ShouldNotContain("argon2");
        var browser = new Browser(host);
        await browser.LogIn(email);
        browser.Location.ShouldBe("/account");

        (await host.Management.DeleteAsync($"/admin/v1/users/{id}", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await host.Management.GetAsync($"/admin/v1/users/{id}", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await browser.Get("/account");
        browser.Status.ShouldBe(HttpStatusCode.Found);
        await browser.LogIn(email);
        browser.Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_user_without_a_password_chooses_one_by_mail()
    {
        var email = $"{Guid.NewGuid():N}@example.com";
        using var created = await host.Management.PostAsJsonAsync("/admin/v1/users", new { login = email, email }, Cancel);
        created.StatusCode.ShouldBe(HttpStatusCode.Created);

        var browser = new Browser(host);
        await browser.Get(await Browser.LinkIn(host, email, "account/reset"));
        await browser.Submit("/account/reset", ("password", Browser.Password));
        await browser.LogIn(email);

        browser.Location.ShouldBe("/account");
    }

    [Theory]
    [InlineData("""{"login":"x"}""")]
    [InlineData("""{"login":"","password":"violet tractor seldom hums"}""")]
    [InlineData("""{"login":"x","password":"password"}""")]
    [InlineData("""{"login":"x","email":"no-address"}""")]
    [InlineData("""{"login":"x","email":"a@example.com","roles":["UPPER"]}""")]
    [InlineData("""{"login":"x","email":"a@example.com","unknown":1}""")]
    public async Task A_bad_user_is_refused(string json)
    {
        using var body = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var response = await host.Management.PostAsync("/admin/v1/users", body, Cancel);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("urn:gatehouse:error:invalid-user");
    }

    [Fact]
    public async Task Checklist5_disabling_a_user_ends_all_sessions_and_keeps_the_user_out()
    {
        var (browser, email) = await Browser.SignUp(host);
        var other = new Browser(host);
        await other.LogIn(email);

        await Change(email, new { name = "Test Person", disabled = true });

        foreach (var one in new[] { browser, other })
        {
            await one.Get("/account");
            one.Status.ShouldBe(HttpStatusCode.Found);
        }

        await other.LogIn(email);
        other.Status.ShouldBe(HttpStatusCode.Unauthorized);
        await Change(email, new { name = "Test Person" });
        await other.LogIn(email);
        other.Location.ShouldBe("/account");
    }

    [Fact]
    public async Task Roles_are_given_and_taken_and_tell_who_has_them()
    {
        var email = $"{Guid.NewGuid():N}@example.com";
        var role = $"r{Guid.NewGuid():N}"[..20];
        using var created = await host.Management.PostAsJsonAsync("/admin/v1/users", new { login = email, email, password = Browser.Password, roles = new[] { "reader" } }, Cancel);
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("id").GetString()!;
        var browser = new Browser(host);
        await browser.LogIn(email);
        browser.Location.ShouldBe("/account");

        using var given = await host.Management.PutAsync($"/admin/v1/users/{id}/roles/{role}", null, Cancel);

        given.StatusCode.ShouldBe(HttpStatusCode.OK);
        await browser.Get("/account");
        browser.Status.ShouldBe(HttpStatusCode.Found, "the session does not have the role");
        using var again = await host.Management.PutAsync($"/admin/v1/users/{id}/roles/{role}", null, Cancel);
        (await again.Content.ReadFromJsonAsync<JsonElement>(Cancel)).GetProperty("roles").EnumerateArray().Count().ShouldBe(2);
        (await Having(role)).ShouldBe([id]);
        (await Count(role)).ShouldBe(1);

        using var taken = await host.Management.DeleteAsync($"/admin/v1/users/{id}/roles/{role}", Cancel);

        taken.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await Having(role)).ShouldBeEmpty();
        (await Count(role)).ShouldBe(0);
        (await host.Management.PutAsync($"/admin/v1/users/{id}/roles/No%20Role", null, Cancel)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await host.Management.PutAsync("/admin/v1/users/nobody/roles/reader", null, Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        async Task<string?[]> Having(string wanted) =>
        [
            .. (await host.Management.GetFromJsonAsync<JsonElement>($"/admin/v1/users?role={wanted}", Cancel)).GetProperty("users").EnumerateArray()
                .Select(user => user.GetProperty("id").GetString()),
        ];

        async Task<int> Count(string wanted) => (await host.Management.GetFromJsonAsync<JsonElement>("/admin/v1/roles", Cancel)).GetProperty("roles").EnumerateArray()
            .Where(listed => listed.GetProperty("name").GetString() == wanted).Sum(listed => listed.GetProperty("users").GetInt32());
    }

    [Fact]
    public async Task Checklist5_a_change_of_roles_ends_all_sessions()
    {
        var (browser, email) = await Browser.SignUp(host);

        await Change(email, new { roles = new[] { "librarian" } });

        await browser.Get("/account");
        browser.Status.ShouldBe(HttpStatusCode.Found);
        await browser.LogIn(email);
        await browser.Get("/account");
        browser.Text.ShouldContain("librarian");
    }

    [Fact]
    public async Task Checklist6_administrators_list_and_end_sessions()
    {
        var (browser, email) = await Browser.SignUp(host);
        var other = new Browser(host);
        await other.LogIn(email);
        var id = await IdOf(email);
        var sid = browser.Cookies["__Host-gatehouse-session"].Split('.')[0];

        var list = await host.Management.GetStringAsync($"/admin/v1/users/{id}/sessions", Cancel);
        list.ShouldContain(sid);
        list.ShouldNotContain(browser.Cookies["__Host-gatehouse-session"].Split('.')[1]);
        (await host.Management.DeleteAsync($"/admin/v1/sessions/{sid}", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await host.Management.DeleteAsync($"/admin/v1/sessions/{sid}", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await host.Management.GetAsync($"/admin/v1/sessions/{sid}", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        await browser.Get("/account");
        browser.Status.ShouldBe(HttpStatusCode.Found);
        await other.Get("/account");
        other.Status.ShouldBe(HttpStatusCode.OK);
        (await host.Management.DeleteAsync($"/admin/v1/users/{id}/sessions", Cancel)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await other.Get("/account");
        other.Status.ShouldBe(HttpStatusCode.Found);
    }

    [Fact]
    public async Task An_administrator_helps_who_has_lost_all_factors()
    {
        var (browser, email) = await Browser.SignUp(host);
        await AuthenticatorApp.SetUp(browser, TimeProvider.System);

        (await host.Management.DeleteAsync($"/admin/v1/users/{await IdOf(email)}/factors", Cancel)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        await browser.LogIn(email);
        browser.Location.ShouldBe("/account");
    }

    [Fact]
    public async Task The_first_administrator_has_a_generated_password_in_a_file_of_its_own()
    {
        await using var fresh = await GatehouseHost.Start();
        var first = fresh.Services.GetRequiredService<FirstAdministrator>();
        var password = (await first.Password).ShouldNotBeNull();

        (await File.ReadAllTextAsync(first.File, Cancel)).ShouldContain(password);
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(first.File).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var browser = new Browser(fresh);
        await browser.LogIn("admin", password);
        browser.Location.ShouldBe("/account");
        await browser.Get("/account");
        browser.Text.ShouldContain("<dd>admin</dd>");

        await fresh.Restart();
        (await fresh.Services.GetRequiredService<FirstAdministrator>().Password).ShouldBeNull();
        var after = new Browser(fresh);
        await after.LogIn("admin", password);
        after.Location.ShouldBe("/account");
    }

    private async Task Change(string email, object user)
    {
        using var response = await host.Management.PutAsJsonAsync($"/admin/v1/users/{await IdOf(email)}", user, Cancel);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Cancel));
    }

    private async Task<string> IdOf(string email)
    {
        await using var scope = host.Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<Accounts>().FindByEmailAsync(email))!.Id;
    }
}
