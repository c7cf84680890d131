namespace MlActors.Storage.Sql;

/// <summary>What the databases say differently although a statement is put together.</summary>
internal abstract class SqlDialect
{
    /// <summary>Terms of ORDER BY that sort by a field of a stored document: numbers as numbers, texts by code points, a missing value last.</summary>
    /// <param name="path">A name, or a name and <c>[0]</c> for the first of its values.</param>
    public abstract string OrderByField(string column, string path, bool descending);
}
