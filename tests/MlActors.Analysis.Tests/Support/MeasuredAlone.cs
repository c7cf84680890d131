namespace MlActors.Analysis.Tests.Support;

/// <summary>The heap is measured while no other test runs.</summary>
[CollectionDefinition(nameof(MeasuredAlone), DisableParallelization = true)]
public class MeasuredAlone;
