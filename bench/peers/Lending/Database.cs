using System.Globalization;
using Npgsql;

namespace Gatehouse.Bench.Lending;

/// <summary>Makes the tables, and puts the books of a file into them.</summary>
internal static class Database
{
    public static async Task Create(NpgsqlDataSource source, string books)
    {
        using var reader = new StreamReader(typeof(Database).Assembly.GetManifestResourceStream("schema.sql")!);
        await using (var schema = source.CreateCommand(await reader.ReadToEndAsync()))
        {
            await schema.ExecuteNonQueryAsync();
        }

        foreach (var line in await File.ReadAllLinesAsync(books))
        {
            await Add(source, line.Split('\t'));
        }

        await using var analyze = source.CreateCommand("ANALYZE");
        await analyze.ExecuteNonQueryAsync();
    }

    private static async Task Add(NpgsqlDataSource source, string[] columns)
    {
        await using var add = source.CreateCommand(
            """
            WITH book AS (
                INSERT INTO books (id, title, authors, year, language, copies, search)
                VALUES ($1, $2, $3, $4, $5, $6, to_tsvector('library', $2 || ' ' || array_to_string($3, ' '))))
            INSERT INTO copies (book, number) SELECT $1, generate_series(1, $6)
            """);
        add.Parameters.Add(new() { Value = columns[0] });
        add.Parameters.Add(new() { Value = columns[1] });
        add.Parameters.Add(new() { Value = columns[2].Length == 0 ? Array.Empty<string>() : columns[2].Split("; ") });
        add.Parameters.Add(new NpgsqlParameter<int?> { TypedValue = columns[3].Length == 0 ? null : int.Parse(columns[3], CultureInfo.InvariantCulture) });
        add.Parameters.Add(new() { Value = columns[4] });
        add.Parameters.Add(new() { Value = int.Parse(columns[5], CultureInfo.InvariantCulture) });
        await add.ExecuteNonQueryAsync();
    }
}
