using System.Text.Json;
using MlActors.Jobs.Storage;

namespace MlActors.Storage.Sql.Writes;

internal sealed class ScoreScaleWrite(PutScoreScale put) : RowWrite
{
    private readonly byte[] _scale = JsonSerializer.SerializeToUtf8Bytes(put.Scale);

    public override int Bytes => _scale.Length;

    public override void Execute(WriteSession session) =>
        session.Prepare("INSERT INTO score_scale (job_id, scale) VALUES (?1, ?2) ON CONFLICT (job_id) DO UPDATE SET scale = excluded.scale")
            .Bind(1, put.JobId).BindText(2, _scale).Do();
}
