using System.Text;
using System.Text.RegularExpressions;

namespace Gatehouse.Api.Tests.Registry.Eureka;

/// <summary>A request and the original server's answer, as recorded with curl.</summary>
internal sealed partial record GoldenExchange(
    string Method,
    string Path,
    IReadOnlyList<(string Name, string Value)> Headers,
    string? Body,
    int? Status,
    string? ContentType,
    string Answer)
{
    public static string Folder => System.IO.Path.Combine(AppContext.BaseDirectory, "Registry", "Eureka", "golden");

    public static GoldenExchange Read(string name)
    {
        var lines = File.ReadAllText(System.IO.Path.Combine(Folder, $"{name}.txt")).ReplaceLineEndings("\n").Split('\n');
        var command = lines[0]["# curl ".Length..];
        var url = command.Split(' ', 2)[0];
        var headers = new List<(string, string)>();
        var (method, body) = ("GET", (string?)null);
        foreach (Match option in Option().Matches(command[url.Length..]))
        {
            var value = option.Groups["value"].Value;
            switch (option.Groups["option"].Value)
            {
                case "X":
                    method = value;
                    break;
                case "d":
                    body = value;
                    break;
                case "H":
                    var parts = value.Split(": ", 2);
                    headers.Add((parts[0], parts[1]));
                    break;
            }
        }

        var blank = Array.IndexOf(lines, "", 1);
        var head = lines[1..blank];
        return new GoldenExchange(
            method,
            url["http://127.0.0.1:PORT".Length..],
            headers,
            body,
            head.Length == 0 ? null : int.Parse(head[0].Split(' ')[1]),
            head.FirstOrDefault(line => line.StartsWith("Content-type: ", StringComparison.Ordinal))?["Content-type: ".Length..],
            string.Join('\n', lines[(blank + 1)..]).Trim());
    }

    public HttpRequestMessage Request()
    {
        var request = new HttpRequestMessage(new HttpMethod(Method), Path);
        if (Body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Body));
        }

        foreach (var (name, value) in Headers.Append(("Accept", "*/*")).DistinctBy(header => header.Item1))
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content!.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return request;
    }

    [GeneratedRegex(" -(?<option>[XHdo]) (?<value>.*?)(?= -[XHdo] |$)")]
    private static partial Regex Option();
}
