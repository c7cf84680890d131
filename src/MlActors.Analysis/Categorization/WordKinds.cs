using MlActors.Analysis.Series;

namespace MlActors.Analysis.Categorization;

/// <summary>What a word says about the category of its line.</summary>
internal enum WordKind : byte
{
    /// <summary>Nothing: left out.</summary>
    Stop,

    /// <summary>Little: articles and prepositions, identifiers, values of a <c>key=value</c> pair.</summary>
    Weak,

    /// <summary>A word as dictionaries have it.</summary>
    Plain,

    /// <summary>What happened. Lines whose actions differ are of different categories.</summary>
    Action,
}

/// <summary>Kinds of words that their shape does not tell, looked up by hash.</summary>
internal sealed class WordKinds
{
    private const string Functions =
        "a an the of to in on at by for from with without into onto as is are was were be been has have had and or but if then than that this it its "
        + "about above after before below between during over per since through under until via while when which who will would can could may might "
        + "must shall should do does did so there they their we you he she our your his her";

    // Verbs and states of log messages that do not end in -ed or -ing.
    private const string Actions =
        "abort accept access add added alive allow ask attach begin bind block bound broken call cancel catch caught change check clear close commit connect "
        + "copy crash create dead delete denied deny destroy detach detect disable disconnect done down drop dump enable end enter error exceed execute "
        + "exit expire fail failure fault fetch finish flush forbidden found full get granted halt idle ignore init insert install invalid issue join kill left "
        + "link listen load lock login logout lost miss mount move never no none not ok online offline open panic pass pause ping pull push put quit read ready "
        + "receive reconnect refresh refuse register reject release reload remove replace request reset resolve restart restore resume retry revoke "
        + "rotate run save send sent set shut shutdown skip slow spawn start stop success successful successfully suspend sync terminate timeout unable "
        + "unlock unmount unregister up update upgrade upload used valid wait wake write written wrote";

    private readonly IndexMap _kinds = new();

    /// <param name="stopWords">Left out in exactly this form.</param>
    public WordKinds(IEnumerable<string> stopWords)
    {
        foreach (var word in stopWords) Add(word, WordKind.Stop);
        AddAll(Functions, WordKind.Weak);
        AddAll(Actions, WordKind.Action);
    }

    /// <summary>The kind of a listed word, −1 of any other.</summary>
    public int Find(ulong hash) => _kinds.Find(hash);

    // In lower case, with a capital, in capitals: texts are compared as they are written.
    private void AddAll(string words, WordKind kind)
    {
        foreach (var word in words.Split(' '))
        {
            Add(word, kind);
            Add(char.ToUpperInvariant(word[0]) + word[1..], kind);
            Add(word.ToUpperInvariant(), kind);
        }
    }

    private void Add(string word, WordKind kind)
    {
        var hash = WordHash.Of(word);
        if (_kinds.Find(hash) < 0) _kinds.Add(hash, (int)kind);
    }
}
