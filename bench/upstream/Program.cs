// A service that answers at once, so that a run measures what is in front of it. Listens on --urls; --size sets the body.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
var size = int.Parse(builder.Configuration["size"] ?? "100", System.Globalization.CultureInfo.InvariantCulture);
var body = new byte[size];
Array.Fill(body, (byte)'x');
builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
var app = builder.Build();
app.Use((HttpContext context, RequestDelegate _) =>
{
    context.Response.ContentType = "text/plain";
    context.Response.ContentLength = body.Length;
    return context.Response.Body.WriteAsync(body).AsTask();
});
await app.RunAsync();
