using System.Text;
using System.Text.Json;
using MlActors.Jobs.Wire;

namespace MlActors.Jobs.Tests.Wire;

/// <summary>
/// The bytes that a release sent for each kind of message, and what was in them. Nodes of neighbouring releases run beside each other during an upgrade, so
/// a file of a release stays as it is and stays readable: what is added to a message later is optional. The file of the release under way is written by
/// <see cref="Write_the_forms_of_this_release"/> with MLACTORS_WRITE_FIXTURES=1.
/// </summary>
public sealed class FormOfReleasesTests
{
    private const string Release = "release-1";

    private static readonly JsonSerializerOptions Lines = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private sealed record Form(string Manifest, byte[] Bytes, string[] Content);

    [Fact]
    public void What_a_release_sent_is_read_with_all_that_was_in_it()
    {
        var forms = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Wire", Release + ".jsonl")).Select(line => JsonSerializer.Deserialize<Form>(line, Lines)!).ToList();
        forms.Count.ShouldBeGreaterThan(30);
        foreach (var form in forms)
        {
            var read = AnyMessage.Show(MessageFormats.Of(form.Manifest).Read(form.Bytes)).ToHashSet(StringComparer.Ordinal);
            form.Content.Where(line => !read.Contains(line)).ShouldBeEmpty(form.Manifest);
        }
    }

    [Fact]
    public void Every_kind_of_message_is_in_the_file_of_its_release()
    {
        var known = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Wire", Release + ".jsonl")).Select(line => JsonSerializer.Deserialize<Form>(line, Lines)!.Manifest);
        MessageFormats.Manifests.Except(known, StringComparer.Ordinal).ShouldBeEmpty("write the file of the release under way, see above");
    }

    [WritesFixtures]
    public void Write_the_forms_of_this_release()
    {
        var text = new StringBuilder();
        foreach (var manifest in MessageFormats.Manifests.Order(StringComparer.Ordinal))
        {
            var format = MessageFormats.Of(manifest);
            var message = new AnyMessage(7).Make(format.Type);
            text.Append(JsonSerializer.Serialize(new Form(manifest, format.Write(message), [.. AnyMessage.Show(message)]), Lines)).Append('\n');
        }
        File.WriteAllText(Path.Combine(Folder(), Release + ".jsonl"), text.ToString());
    }

    private static string Folder([System.Runtime.CompilerServices.CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;

    private sealed class WritesFixturesAttribute : FactAttribute
    {
        public WritesFixturesAttribute()
        {
            if (Environment.GetEnvironmentVariable("MLACTORS_WRITE_FIXTURES") != "1") Skip = "Writes files; runs only with MLACTORS_WRITE_FIXTURES=1.";
        }
    }
}
