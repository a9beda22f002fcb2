using Npgsql;

namespace Gatehouse.Bench.Lending;

/// <summary>A command's transaction: the member as locked, and statements that are sent together.</summary>
internal sealed class Work(NpgsqlConnection connection, string member)
{
    private NpgsqlBatch batch = new(connection);

    public string Member => member;

    public DateTime Now { get; } = DateTime.UtcNow;

    public (string Command, int Status, string Body)? Known { get; private set; }

    public int Points { get; private set; }

    public int Loans { get; private set; }

    public int Holds { get; private set; }

    public bool Suspended { get; private set; }

    /// <summary>Locks the member, who is new at the first command, and reads what the rules ask of members: one round trip.</summary>
    public static async Task<Work> Begin(NpgsqlConnection connection, string member, string key)
    {
        var work = new Work(connection, member);
        if (!await work.Lock(key))
        {
            work.Add("INSERT INTO members (id) VALUES ($1) ON CONFLICT DO NOTHING", member);
            await work.Flush();
            await work.Lock(key);
        }

        return work;
    }

    /// <summary>Adds a statement that goes out with the next flush.</summary>
    public void Add(string sql, params object?[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        }

        batch.BatchCommands.Add(command);
    }

    public async Task Flush()
    {
        await batch.ExecuteNonQueryAsync();
        await batch.DisposeAsync();
        batch = new NpgsqlBatch(connection);
    }

    /// <summary>Sends what was added and reads the last statement's row.</summary>
    public async Task<T?> Read<T>(Func<NpgsqlDataReader, T> read) where T : class
    {
        T? found = null;
        await using (var reader = await batch.ExecuteReaderAsync())
        {
            do
            {
                if (await reader.ReadAsync())
                {
                    found = read(reader);
                }
            }
            while (await reader.NextResultAsync());
        }

        await batch.DisposeAsync();
        batch = new NpgsqlBatch(connection);
        return found;
    }

    private async Task<bool> Lock(string key)
    {
        // Two statements, so that the second sees what was committed while the first waited for the lock.
        Add("SELECT FROM members WHERE id = $1 FOR UPDATE", member);
        Add(
            """
            SELECT points,
                (SELECT count(*) FROM loans WHERE member = $1 AND returned_at IS NULL)::int,
                (SELECT count(*) FROM holds WHERE member = $1)::int,
                EXISTS (SELECT FROM loans WHERE member = $1 AND returned_at IS NULL AND due < $3),
                r.command, r.status, r.body
            FROM members LEFT JOIN replies r ON r.key = $2 WHERE id = $1
            """,
            member, key, Now);
        return await Read<object>(reader =>
        {
            if (reader.FieldCount == 0)
            {
                return member;
            }

            (Points, Loans, Holds, Suspended) = (reader.GetInt32(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetBoolean(3));
            Known = reader.IsDBNull(4) ? null : (reader.GetString(4), reader.GetInt32(5), reader.GetString(6));
            return member;
        }) is not null;
    }
}
