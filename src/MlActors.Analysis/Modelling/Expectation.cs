namespace MlActors.Analysis.Modelling;

/// <summary>What a model expects of a bucket before it sees its value.</summary>
/// <param name="Value">The typical value; NaN when the model has learnt nothing yet.</param>
/// <param name="Scale">The typical distance from it, above 0; the unit in which deviations are judged.</param>
/// <param name="Ready">Whether enough was learnt to call something unusual.</param>
internal readonly record struct Expectation(double Value, double Scale, bool Ready);
