using System.Runtime.InteropServices;
using MlActors.Analysis.Functions;

namespace MlActors.Analysis.Buckets;

/// <summary>How a day or a week is divided.</summary>
/// <param name="Count">Of a day 96 (quarters of an hour), of a week 336 (half hours).</param>
/// <param name="Width">Seconds.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct PeriodSlots(int Count, int Width)
{
    public static PeriodSlots Of(Aggregate aggregate) => aggregate == Aggregate.TimeOfWeek ? new PeriodSlots(336, 1800) : new PeriodSlots(96, 900);

    /// <summary>The slot of a second of the period.</summary>
    public int At(int second) => second / Width;

    /// <summary>The second in the middle of a slot.</summary>
    public int Middle(int slot) => (slot * Width) + (Width / 2);
}
