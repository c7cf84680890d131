namespace MlActors.Storage.Transfer;

/// <summary>Which of the two databases of a storage.</summary>
internal enum StoragePart { Jobs, Documents }

/// <summary>What a value is; the numbers stand in exports.</summary>
internal enum ValueKind : byte { Null = 0, Integer = 1, Real = 2, Text = 3, Blob = 4 }

internal sealed record ColumnShape(string Name, ValueKind Kind);

/// <summary>A table as the catalog of its database describes it.</summary>
/// <param name="Columns">In the order of the values of a row.</param>
/// <param name="Key">The columns of its primary key, by which its rows are sorted.</param>
internal sealed record TableShape(StoragePart Part, string Name, IReadOnlyList<ColumnShape> Columns, IReadOnlyList<string> Key)
{
    public string ColumnList => string.Join(", ", Columns.Select(column => Quoted(column.Name)));

    public string KeyList => string.Join(", ", Key.Select(Quoted));

    /// <summary>For messages.</summary>
    public override string ToString() => $"{(Part == StoragePart.Jobs ? "" : "documents: ")}{Name}";

    public static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}

/// <summary>The versions of the schemas of a storage; 0 where there is none yet.</summary>
internal readonly record struct SchemaVersions(int Jobs, int Documents)
{
    public int this[StoragePart part] => part == StoragePart.Jobs ? Jobs : Documents;
}
