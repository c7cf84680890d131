using System.Text;

namespace MlActors.Gateway.Api;

public static partial class ApiTable
{
    /// <summary>The table of endpoints as the documentation has it: one section an endpoint, then what is not there yet.</summary>
    public static string RenderMarkdown()
    {
        var text = new StringBuilder();
        text.Append("Every endpoint also accepts in its query:\n\n");
        AppendParameters(text, Parameters.Common);
        foreach (var endpoint in All.Where(endpoint => endpoint.Origin != EndpointOrigin.NotYet)) Append(text, endpoint);
        text.Append("### Not yet\n\n")
            .Append("These endpoints of the API are known by name and answered with a 400 `illegal_argument_exception` that says so. ")
            .Append("It is no 501, because official clients and proxies treat a 5xx as a fault of the server and try again.\n\n")
            .Append("| endpoint | name |\n|---|---|\n");
        foreach (var endpoint in All.Where(endpoint => endpoint.Origin == EndpointOrigin.NotYet))
            foreach (var path in endpoint.Paths)
                text.Append("| `").AppendJoin(", ", endpoint.Methods).Append(' ').Append(path).Append("` | ").Append(endpoint.Name).Append(" |\n");
        return text.ToString();
    }

    private static void Append(StringBuilder text, ApiEndpoint endpoint)
    {
        text.Append("### ").Append(endpoint.Name).Append("\n\n");
        foreach (var path in endpoint.Paths) text.Append("    ").AppendJoin(", ", endpoint.Methods).Append(' ').Append(path).Append('\n');
        text.Append('\n').Append(endpoint.Summary);
        if (endpoint.Origin == EndpointOrigin.Extension) text.Append(" *An extension of this server.*");
        text.Append(" Privilege: ").Append(endpoint switch
        {
            { IndexPrivilege: { } onIndices } => $"`{onIndices}` on the index",
            { Privilege: { } privilege } => $"`{privilege}`",
            _ => "any authenticated user",
        }).Append(".\n\n");
        if (endpoint.BodyDoc.Length > 0) text.Append("Body: ").Append(endpoint.BodyDoc).Append("\n\n");
        if (endpoint.Parameters.Count > 0) AppendParameters(text, endpoint.Parameters);
    }

    private static void AppendParameters(StringBuilder text, IEnumerable<ApiParameter> parameters)
    {
        text.Append("| parameter | type | default | in | |\n|---|---|---|---|---|\n");
        foreach (var parameter in parameters)
        {
            var place = parameter.Place switch { ParameterPlace.Both => "query or body", ParameterPlace.Body => "body", _ => "query" };
            text.Append("| `").Append(parameter.Name).Append("` | ").Append(parameter.TypeName)
                .Append(" | ").Append(parameter.DefaultText.Length == 0 ? "" : $"`{parameter.DefaultText}`")
                .Append(" | ").Append(place)
                .Append(" | ").Append(parameter.Doc).Append(parameter.Extension ? " *An extension.*" : "").Append(" |\n");
        }
        text.Append('\n');
    }
}
