using MlActors.Jobs.Contexts;

namespace MlActors.Storage.Sql.Writes;

internal sealed class FilterAdd(FilterConfig filter) : ContextWrite
{
    protected override ContextChange Check(WriteSession session) =>
        FilterRows.Exists(session, filter.FilterId) ? ContextChange.Exists
        : filter.Items.Length > FilterConfig.MostItems ? ContextChange.Full
        : ContextChange.Done;

    protected override void Change(WriteSession session)
    {
        session.Prepare("INSERT INTO filter (filter_id, description) VALUES (?1, ?2)").Bind(1, filter.FilterId).Bind(2, filter.Description).Do();
        foreach (var item in filter.Items) FilterRows.AddItem(session, filter.FilterId, item);
    }
}

internal sealed class FilterChange(FilterUpdate update) : ContextWrite
{
    protected override ContextChange Check(WriteSession session)
    {
        if (!FilterRows.Exists(session, update.FilterId)) return ContextChange.NotFound;
        var added = update.Add.ToHashSet(StringComparer.Ordinal);
        var removed = update.Remove.ToHashSet(StringComparer.Ordinal);
        if (removed.Any(item => !added.Contains(item) && !FilterRows.HasItem(session, update.FilterId, item))) return ContextChange.Missing;
        var after = FilterRows.CountItems(session, update.FilterId) + added.Count(item => !FilterRows.HasItem(session, update.FilterId, item)) - removed.Count;
        return after > FilterConfig.MostItems ? ContextChange.Full : ContextChange.Done;
    }

    protected override void Change(WriteSession session)
    {
        if (update.Description is not null)
            session.Prepare("UPDATE filter SET description = ?2 WHERE filter_id = ?1").Bind(1, update.FilterId).Bind(2, update.Description).Do();
        foreach (var item in update.Add) FilterRows.AddItem(session, update.FilterId, item);
        foreach (var item in update.Remove)
            session.Prepare("DELETE FROM filter_item WHERE filter_id = ?1 AND item = ?2").Bind(1, update.FilterId).Bind(2, item).Do();
    }
}

internal sealed class FilterDelete(string filterId) : ContextWrite
{
    protected override ContextChange Check(WriteSession session) => !FilterRows.Exists(session, filterId)
        ? ContextChange.NotFound
        : session.Prepare("SELECT count(*) FROM filter_use WHERE filter_id = ?1").Bind(1, filterId).Number() > 0 ? ContextChange.InUse : ContextChange.Done;

    protected override void Change(WriteSession session)
    {
        session.Prepare("DELETE FROM filter_item WHERE filter_id = ?1").Bind(1, filterId).Do();
        session.Prepare("DELETE FROM filter WHERE filter_id = ?1").Bind(1, filterId).Do();
    }
}

internal static class FilterRows
{
    public static bool Exists(WriteSession session, string filterId) =>
        session.Prepare("SELECT count(*) FROM filter WHERE filter_id = ?1").Bind(1, filterId).Number() > 0;

    public static bool HasItem(WriteSession session, string filterId, string item) =>
        session.Prepare("SELECT count(*) FROM filter_item WHERE filter_id = ?1 AND item = ?2").Bind(1, filterId).Bind(2, item).Number() > 0;

    public static long CountItems(WriteSession session, string filterId) =>
        session.Prepare("SELECT count(*) FROM filter_item WHERE filter_id = ?1").Bind(1, filterId).Number() ?? 0;

    public static void AddItem(WriteSession session, string filterId, string item) =>
        session.Prepare("INSERT INTO filter_item (filter_id, item) VALUES (?1, ?2) ON CONFLICT DO NOTHING").Bind(1, filterId).Bind(2, item).Do();
}
