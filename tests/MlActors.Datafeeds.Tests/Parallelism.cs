// Each class may start a server of its own.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
