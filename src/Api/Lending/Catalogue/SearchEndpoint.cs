using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Gatehouse.Api.Views;

namespace Gatehouse.Api.Lending.Catalogue;

/// <summary>Searches the catalogue; the busiest endpoint, so it is plain, and asks nobody.</summary>
internal static class SearchEndpoint
{
    public const int MaxQuery = 200;

    public static async Task Search(HttpContext context)
    {
        var reading = new QueryReading(context.Request.Query, "q", "after", "limit");
        var query = reading.Text("q", MaxQuery) ?? "";
        var limit = reading.Limit();
        var after = reading.Cursor();
        if (reading.Problem is { } problem)
        {
            await problem.Write(context);
            return;
        }

        var index = await context.RequestServices.GetRequiredService<IReplica<CatalogueIndex>>().Read(context.RequestAborted);
        context.Response.ContentType = "application/json; charset=utf-8";
        Write(context.Response.BodyWriter, index, query, after, limit);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static void Write(PipeWriter body, CatalogueIndex index, string query, string? after, int limit)
    {
        var found = index.Search(query);
        var start = after is null ? 0 : FirstFrom(found, index.After(after));
        var end = Math.Min(found.Length, start + limit);
        body.Write("{\"items\":["u8);
        for (var i = start; i < end; i++)
        {
            if (i > start)
            {
                body.Write(","u8);
            }

            body.Write(index.JsonOf(found[i]));
        }

        body.Write("],\"total\":"u8);
        body.Write(Encoding.ASCII.GetBytes(found.Length.ToString(CultureInfo.InvariantCulture)));
        if (end < found.Length && end > start)
        {
            body.Write(",\"next\":"u8);
            body.Write(JsonSerializer.SerializeToUtf8Bytes(QueryReading.CursorOf(index.CursorOf(found[end - 1])), LendingJson.Default.String));
        }

        body.Write("}"u8);
    }

    private static int FirstFrom(ReadOnlySpan<int> found, int position)
    {
        var at = found.BinarySearch(position);
        return at < 0 ? ~at : at;
    }
}
