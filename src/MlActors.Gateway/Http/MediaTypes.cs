using Microsoft.Net.Http.Headers;

namespace MlActors.Gateway.Http;

/// <summary>The media types of requests and responses: plain ones and the vendor's with the version of the API that the client speaks.</summary>
public static class MediaTypes
{
    public const string Json = "application/json";
    public const string NdJson = "application/x-ndjson";
    public const string PlainText = "text/plain";

    private const string VendorJson = "application/vnd.elasticsearch+json";
    private const string VendorNdJson = "application/vnd.elasticsearch+x-ndjson";
    private const string VendorText = "application/vnd.elasticsearch+text-plain";

    /// <summary>Finds the first type of an Accept header that can be answered with.</summary>
    /// <param name="accept">The header; empty accepts all.</param>
    /// <param name="text">Whether the endpoint answers in plain text by preference.</param>
    /// <param name="contentType">For the response: as asked for.</param>
    public static bool TryNegotiate(string accept, bool text, out string contentType)
    {
        contentType = text ? PlainText + "; charset=UTF-8" : Json;
        if (string.IsNullOrWhiteSpace(accept)) return true;
        if (!MediaTypeHeaderValue.TryParseList([accept], out var types)) return false;
        // A table that may be sent as text is sent as text, also when JSON stands before it: so do clients that always offer both expect it.
        foreach (var type in types.OrderByDescending(type => type.Quality ?? 1).ThenByDescending(IsPreferred))
        {
            if (type.Quality == 0 || !HasKnownParameters(type, out var version)) continue;
            var name = type.MediaType.ToString().ToLowerInvariant();
            switch (name)
            {
                case "*/*" or "application/*" or "text/*" when name != "text/*" || text:
                    if (name == "application/*") contentType = Json;
                    return true;
                case Json or NdJson:
                    contentType = Json;
                    return true;
                case PlainText when text:
                    return true;
                case VendorJson or VendorNdJson when version is not null:
                    contentType = $"{VendorJson};compatible-with={version}";
                    return true;
                case VendorText when text && version is not null:
                    contentType = $"{VendorText};compatible-with={version}; charset=UTF-8";
                    return true;
            }
        }
        return false;

        bool IsPreferred(MediaTypeHeaderValue type) => text && type.MediaType.ToString().Contains("text", StringComparison.Ordinal);
    }

    /// <summary>Whether a request body of this type is understood.</summary>
    /// <param name="records">Whether lines of documents are, too.</param>
    public static bool IsJson(string? contentType, bool records)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type) || !HasKnownParameters(type, out var version)) return false;
        return type.MediaType.ToString().ToLowerInvariant() switch
        {
            Json => true,
            NdJson => records,
            VendorJson => version is not null,
            VendorNdJson => records && version is not null,
            _ => false,
        };
    }

    /// <summary>Whether a response of this type is text.</summary>
    public static bool IsText(string contentType) =>
        contentType.StartsWith(PlainText, StringComparison.Ordinal) || contentType.StartsWith(VendorText, StringComparison.Ordinal);

    private static bool HasKnownParameters(MediaTypeHeaderValue type, out string? version)
    {
        version = null;
        foreach (var parameter in type.Parameters)
        {
            var value = HeaderUtilities.RemoveQuotes(parameter.Value).ToString();
            switch (parameter.Name.ToString().ToLowerInvariant())
            {
                case "compatible-with" when value is "8" or "9": version = value; break;
                case "charset" when value.Equals("utf-8", StringComparison.OrdinalIgnoreCase): break;
                case "q": break;
                default: return false;
            }
        }
        return true;
    }
}
