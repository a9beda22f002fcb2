using Npgsql;

namespace Gatehouse.Bench.Lending;

/// <summary>Once a minute: holds whose copies nobody fetched are cancelled, old replies are forgotten.</summary>
internal sealed class Housekeeping(NpgsqlDataSource source) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1));
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await using (var forget = source.CreateCommand("DELETE FROM replies WHERE created_at < $1"))
            {
                forget.Parameters.Add(new() { Value = DateTime.UtcNow - Rules.KeysRemembered });
                await forget.ExecuteNonQueryAsync(stoppingToken);
            }

            await using var connection = await source.OpenConnectionAsync(stoppingToken);
            while (await CancelOne(connection))
            {
                // One at a time, each in a transaction of its own.
            }
        }
    }

    private static async Task<bool> CancelOne(NpgsqlConnection connection)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        var work = new Work(connection, "");
        work.Add("SELECT h.id, b.id FROM holds h JOIN books b ON b.id = h.book WHERE h.until < $1 LIMIT 1 FOR UPDATE OF b", work.Now);
        var stale = await work.Read(reader => Tuple.Create(reader.GetInt64(0), reader.GetString(1)));
        if (stale is not var (id, book))
        {
            return false;
        }

        work.Add("DELETE FROM holds WHERE id = $1", id);
        work.Add("UPDATE copies SET hold = NULL WHERE book = $1 AND hold = $2", book, id);
        Holds.SetAside(work, book);
        await work.Flush();
        await transaction.CommitAsync();
        return true;
    }
}
