using MlActors.Jobs.Configuration.Fields;

namespace MlActors.Jobs.Contexts;

/// <summary>The fields of the requests about filters and calendars.</summary>
public static class ContextFields
{
    public static FieldTable PutFilter { get; } = new(
    [
        new("filter_id", FieldType.Text, "the id in the address", "If sent, the id in the address."),
        new("description", FieldType.Text, null, "What the filter is for.") { Nullable = true },
        new("items", FieldType.Texts, "none", "The values; a `*` at the beginning or end of one stands for any characters."),
    ]);

    public static FieldTable UpdateFilter { get; } = new(
    [
        new("description", FieldType.Text, null, "The new description.") { Nullable = true },
        new("add_items", FieldType.Texts, "none", "Values to add; those that are there stay."),
        new("remove_items", FieldType.Texts, "none", "Values to remove; all must be there."),
    ]);

    public static FieldTable PutCalendar { get; } = new(
    [
        new("calendar_id", FieldType.Text, "the id in the address", "If sent, the id in the address."),
        new("description", FieldType.Text, null, "What the calendar is for.") { Nullable = true },
        new("job_ids", FieldType.Texts, "none", "Ids of jobs, names of groups, or `_all`."),
    ]);

    public static FieldTable PostEvents { get; } = new(
    [
        new("events", FieldType.Objects, null, "The events, at least one.") { Required = true },
        new("events[].description", FieldType.Text, null, "What it is; buckets show it.") { Required = true },
        new("events[].start_time", FieldType.Date, null, "When it begins.") { Required = true },
        new("events[].end_time", FieldType.Date, null, "When it is over; after its start.") { Required = true },
        new("events[].skip_result", FieldType.Boolean, "true", "Whether its buckets score 0 and have no records."),
        new("events[].skip_model_update", FieldType.Boolean, "true", "Whether nothing is learnt from its buckets."),
        new("events[].force_time_shift", FieldType.Integer, null, "A shift of the models' time.")
            { Use = FieldUse.Unsupported, Nullable = true, Advice = "the models' time cannot be shifted; leave it out" },
        new("events[].calendar_id", FieldType.Text, "the id in the address", "If sent, the id in the address."),
    ]);
}
