using MlActors.Analysis.Modelling;
using MlActors.Analysis.Series;

namespace MlActors.Analysis.Forecasting;

/// <summary>Tells the future of one series from a copy of its model.</summary>
internal sealed class SeriesForecaster(DetectorSettings detector, SeriesKey key, GrownSeries model, ModelShape shape, bool neverNegative)
{
    public long Bytes => model.Bytes;

    /// <param name="newest">Start of the newest finished bucket, epoch seconds.</param>
    /// <param name="ahead">Buckets, at least 1.</param>
    public ForecastPoint At(long newest, int ahead)
    {
        var (value, low, high) = model.Foretell(shape, newest, ahead);
        return neverNegative
            ? new ForecastPoint(detector, key.Partition, key.By, newest + (ahead * shape.Span), Math.Max(0, value), Math.Max(0, low), Math.Max(0, high))
            : new ForecastPoint(detector, key.Partition, key.By, newest + (ahead * shape.Span), value, low, high);
    }
}
