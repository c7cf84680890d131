// A test has one server at a time or, rarely, two; each is a process that wants a core.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
