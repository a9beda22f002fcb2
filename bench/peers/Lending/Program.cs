using System.Text;
using Gatehouse.Bench.Lending;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;
using Npgsql;

// Lending's rules as a team would write them today: minimal API and Npgsql on PostgreSQL, a transaction for each command.
// Settings: Database (a connection string), Secret (of the tokens, HS256), Books (a file).
var builder = WebApplication.CreateBuilder(args);
var settings = builder.Configuration;
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddSingleton(_ => NpgsqlDataSource.Create(settings["Database"]!));
builder.Services.AddSingleton<Commands>();
builder.Services.AddHostedService<Housekeeping>();
builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options =>
{
    options.MapInboundClaims = false;
    options.TokenValidationParameters = new TokenValidationParameters
    {
        ValidateIssuer = false,
        ValidateAudience = false,
        RoleClaimType = "roles",
        NameClaimType = "sub",
        IssuerSigningKey = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(settings["Secret"]!)),
    };
});
builder.Services.AddAuthorizationBuilder()
    .AddPolicy("anyone", policy => policy.RequireRole("member", "librarian"))
    .AddPolicy("librarian", policy => policy.RequireRole("librarian"));

var app = builder.Build();
await Database.Create(app.Services.GetRequiredService<NpgsqlDataSource>(), settings["Books"]!);
app.UseAuthentication();
app.UseAuthorization();
app.MapGet("/lending/books", Books.Search);
app.MapGet("/lending/books/{id}", Books.Get);
var signedIn = app.MapGroup("/lending").RequireAuthorization("anyone");
signedIn.MapGet("/members/{id}", Members.Get);
signedIn.MapPost("/members/{id}/payments", Members.Pay).RequireAuthorization("librarian");
signedIn.MapPost("/loans", Loans.Borrow);
signedIn.MapPost("/loans/{id:long}/renew", Loans.Renew);
signedIn.MapPost("/loans/{id:long}/return", Loans.Return);
signedIn.MapPost("/holds", Holds.Place);
signedIn.MapDelete("/holds/{id:long}", Holds.Cancel);
await app.RunAsync();
