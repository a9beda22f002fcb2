using System.Text;
using CsCheck;
using Gatehouse.Api.Routing;
using Gatehouse.Api.Routing.Documents;
using Gatehouse.Grains.Views;

namespace Gatehouse.Api.Tests.Routing;

/// <summary>
/// Whatever bytes come: the reader answers with routes or errors, it throws nothing, and what it accepts compiles.
/// </summary>
public sealed class RouteDocumentFuzzTests
{
    private static readonly byte[] Yaml = """
        routes:
          - id: books
            match: { hosts: ["*.example.com"], path: "/books/{id}/{**rest}", methods: [GET], headers: [{ name: X, values: [a] }] }
            to: { split: [{ service: BOOKS, weight: 90 }, { service: NEXT, weight: 10 }] }
            rewrite: { removePrefix: /books, setHeaders: { X-A: "1" }, removeHeaders: [B] }
            balance: random
            timeout: 10s
          - &second { id: b, match: { path: /b }, to: { service: &s B } }
        """u8.ToArray();

    private static readonly byte[] Json = """
        {"routes":[{"id":"books","match":{"hosts":["*.example.com"],"path":"/books/{id}/{**rest}","methods":["GET"],
        "headers":[{"name":"X","values":["a"]}]},"to":{"split":[{"service":"BOOKS","weight":90},{"service":"NEXT","weight":10}]},
        "rewrite":{"removePrefix":"/books","setHeaders":{"X-A":"1"},"removeHeaders":["B"]},"balance":"random","timeout":"10s"},
        {"id":"b","match":{"path":"/b"},"to":{"service":"B"}}]}
        """u8.ToArray();

    private static readonly string[] Tokens =
    [
        "{", "}", "[", "]", ":", ",", "\"", "'", "-", "?", "!", "&a", "*a", "|", ">", "#", "%", "@", "`", "~", "null", "---", "...",
        "\n", "\r", "\t", " ", "\0", "\\u0000", "\\ud800", "\u2028", "\ufeff", "é", "💥", "{**", "}}", "//", "..", "*", "<<: *a",
        "0x7", "1e999", "-1", "99999999999999999999", "10s", "-5s", "!!binary", "id:", "\"id\":", "routes:", "match:", "true",
    ];

    // An edit: where, how many bytes go, and which token comes instead.
    private static readonly Gen<(int At, int Gone, int Token)[]> Edits =
        Gen.Select(Gen.Int[0, 2000], Gen.Int[0, 12], Gen.Int[0, Tokens.Length]).Array[1, 6];

    [Fact]
    public void Mutated_documents_give_routes_or_errors() => Edits.Sample(
        edits =>
        {
            Check(Mutate(Yaml, edits), DocumentFormat.Yaml);
            Check(Mutate(Json, edits), DocumentFormat.Json);
        },
        iter: 20_000);

    [Fact]
    public void Any_bytes_give_routes_or_errors() => Gen.Byte.Array[0, 200].Sample(
        bytes =>
        {
            Check(bytes, DocumentFormat.Yaml);
            Check(bytes, DocumentFormat.Json);
        },
        iter: 10_000);

    [Fact]
    public void Any_tokens_give_routes_or_errors() => Gen.Int[0, Tokens.Length - 1].Array[0, 60].Sample(
        tokens =>
        {
            var bytes = Encoding.UTF8.GetBytes(string.Concat(tokens.Select(token => Tokens[token])));
            Check(bytes, DocumentFormat.Yaml);
            Check(bytes, DocumentFormat.Json);
        },
        iter: 10_000);

    private static byte[] Mutate(byte[] document, (int At, int Gone, int Token)[] edits)
    {
        var bytes = document.ToList();
        foreach (var (at, gone, token) in edits)
        {
            var index = at % (bytes.Count + 1);
            bytes.RemoveRange(index, Math.Min(gone, bytes.Count - index));
            if (token < Tokens.Length)
            {
                bytes.InsertRange(index, Encoding.UTF8.GetBytes(Tokens[token]));
            }
        }

        return [.. bytes];
    }

    private static void Check(byte[] bytes, DocumentFormat format)
    {
        var single = RouteDocumentReader.ReadRoute(bytes, format, "x");
        var set = RouteDocumentReader.ReadAny(bytes, format);
        foreach (var error in single.Errors.Concat(set.Errors))
        {
            error.Message.ShouldNotBeNullOrEmpty();
            set.LineOf(error.Path).ShouldBeGreaterThanOrEqualTo(0);
        }

        if (set.Errors.IsEmpty)
        {
            RouteTable.Of(new ViewVersion(1, 1), set.Routes).Routes.Count.ShouldBe(set.Routes.Length);
            RouteDocumentReader.ReadSet(RouteDocumentWriter.WriteSet(set.Routes, format).Span, format).Errors.ShouldBeEmpty();
        }
    }
}
