// A test has three servers at a time; each is a process that wants a core, and a node without one is taken for dead.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
