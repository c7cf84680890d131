using Akka.Actor;
using Akka.TestKit.Xunit2;
using MlActors.Jobs.Storage;
using MlActors.Jobs.Watching;

namespace MlActors.Jobs.Tests.Watching;

public sealed class DocumentSweeperTests : TestKit
{
    private static readonly DocumentSweepOptions Quick = new(TimeSpan.FromMilliseconds(30), TimeSpan.FromMilliseconds(1));

    [Fact]
    public async Task It_removes_piece_after_piece_until_nothing_is_left_and_looks_again_also_after_a_failure()
    {
        var documents = new Pieces(left: 5);
        Sys.ActorOf(Props.Create(typeof(DocumentSweeper), documents, TimeProvider.System, Quick));
        await AwaitConditionAsync(() => Task.FromResult(documents.Left == 0), TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(5));
        documents.Add(3);
        await AwaitConditionAsync(() => Task.FromResult(documents.Left == 0), TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(5));
        documents.AtOnce.ShouldBe(1, "one piece is removed at a time");
        documents.Failures.ShouldBe(1);
    }

    /// <summary>Expired documents in pieces; the third removal fails.</summary>
    private sealed class Pieces(int left) : IExpiringDocuments
    {
        private readonly Lock _lock = new();
        private int _left = left;
        private int _running;
        private int _calls;

        public int Left => Volatile.Read(ref _left);

        public int AtOnce { get; private set; }

        public int Failures { get; private set; }

        public void Add(int count) => Interlocked.Add(ref _left, count);

        public async Task<bool> RemoveExpiredAsync(DateTimeOffset now)
        {
            lock (_lock) AtOnce = Math.Max(AtOnce, ++_running);
            await Task.Yield();
            lock (_lock)
            {
                _running--;
                if (++_calls == 3)
                {
                    Failures++;
                    throw new StoreException("it is locked");
                }
                if (_left > 0) _left--;
                return _left > 0;
            }
        }
    }
}
