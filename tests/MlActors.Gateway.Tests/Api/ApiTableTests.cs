using MlActors.Gateway.Api;
using MlActors.Gateway.Security;
using MlActors.Gateway.Tests.Serving;

namespace MlActors.Gateway.Tests.Api;

/// <summary>What the one table of endpoints promises, asked of every endpoint over HTTP.</summary>
public sealed class ApiTableTests(SharedServer servers) : IClassFixture<SharedServer>
{
    private readonly GatewayServer _server = servers.Open;
    private readonly GatewayServer _secure = servers.Secure;

    public static TheoryData<string> Supported { get; } =
        [.. ApiTable.All.Where(endpoint => endpoint.Origin != EndpointOrigin.NotYet).Select(endpoint => endpoint.Name)];

    public static TheoryData<string> NotYet { get; } =
        [.. ApiTable.All.Where(endpoint => endpoint.Origin == EndpointOrigin.NotYet).Select(endpoint => endpoint.Name)];

    public static TheoryData<string> WithArguments { get; } =
        [.. ApiTable.All.Where(endpoint => endpoint.Body == BodyKind.Arguments).Select(endpoint => endpoint.Name)];

    [Theory]
    [MemberData(nameof(Supported))]
    public async Task Every_endpoint_refuses_an_unknown_query_parameter_by_name(string name)
    {
        foreach (var (endpoint, method, path) in RequestsOf(name))
        {
            var answer = await _server.SendAsync(method, path + "?prety=true", BodyOf(endpoint));
            answer.ShouldBeError(400, "illegal_argument_exception", "[prety]", "did you mean [pretty]?", "filter_path");
            foreach (var parameter in endpoint.QueryNames) answer.Reason.ShouldContain(parameter);
        }
    }

    [Theory]
    [MemberData(nameof(WithArguments))]
    public async Task Every_endpoint_with_a_body_of_arguments_refuses_an_unknown_field_by_name(string name)
    {
        foreach (var (endpoint, method, path) in RequestsOf(name))
        {
            var answer = await _server.SendAsync(method, path, """{"no_such_thing":1}""");
            answer.ShouldBeError(400, "illegal_argument_exception", "unknown field [no_such_thing]");
            foreach (var field in endpoint.BodyNames) answer.Reason.ShouldContain(field);
        }
    }

    [Theory]
    [MemberData(nameof(Supported))]
    public async Task Every_typed_parameter_refuses_a_wrong_value_naming_it_and_the_value(string name)
    {
        foreach (var (endpoint, method, path) in RequestsOf(name).Take(1))
        {
            foreach (var parameter in endpoint.Parameters.Where(parameter => parameter.TypeName is not ("string" or "list" or "object")))
            {
                if (parameter.Place.HasFlag(ParameterPlace.Query))
                {
                    var answer = await _server.SendAsync(method, $"{path}?{parameter.Name}=xyz", BodyOf(endpoint));
                    answer.Status.ShouldBe(400, $"{endpoint.Name} {parameter.Name}: {answer.Text}");
                    answer.Reason.ShouldContain($"[{parameter.Name}] in the query: [xyz] is not a");
                }
                if (endpoint.Body == BodyKind.Arguments && parameter.Place.HasFlag(ParameterPlace.Body))
                {
                    var answer = await _server.SendAsync(method, path, $$"""{"{{parameter.Name}}":"xyz"}""");
                    answer.Status.ShouldBe(400, $"{endpoint.Name} {parameter.Name}: {answer.Text}");
                    answer.Reason.ShouldContain($"[{parameter.Name}] in the body: [xyz] is not a");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Supported))]
    public async Task Every_endpoint_asks_for_credentials_before_it_looks_at_anything(string name)
    {
        foreach (var (_, method, path) in RequestsOf(name))
        {
            var answer = await _secure.SendAsync(method, path + "?prety=true");
            answer.Status.ShouldBe(401, answer.Text);
            answer.Headers["WWW-Authenticate"].ShouldBe("Basic realm=\"mlactors\", charset=\"UTF-8\" | ApiKey");
            if (method != "HEAD") answer.ErrorType.ShouldBe("security_exception");
        }
    }

    [Theory]
    [MemberData(nameof(Supported))]
    public async Task Every_endpoint_that_changes_something_is_forbidden_to_a_user_who_may_only_look(string name)
    {
        foreach (var (endpoint, method, path) in RequestsOf(name).Where(request => request.Method != "HEAD"))
        {
            var answer = await _secure.SendAsync(method, path + "?prety=true", BodyOf(endpoint), GatewayServer.Basic("machine_learning_user"));
            if (endpoint.IndexPrivilege is { } onIndices)
                answer.ShouldBeError(403, "security_exception", endpoint.Action, "[machine_learning_user]", onIndices);
            else if (endpoint.Privilege is null or Privileges.MonitorMl)
                answer.Status.ShouldBe(400, "allowed, so that the parameter is what is wrong: " + answer.Text);
            else
                answer.ShouldBeError(403, "security_exception", endpoint.Action, "[machine_learning_user]", endpoint.Privilege);
            if (method is "PUT" or "DELETE") endpoint.Privilege.ShouldNotBe(Privileges.MonitorMl);
        }
    }

    [Theory]
    [MemberData(nameof(NotYet))]
    public async Task An_endpoint_that_is_not_there_yet_says_so_by_name(string name)
    {
        foreach (var (_, method, path) in RequestsOf(name))
        {
            var answer = await _server.SendAsync(method, path + "?whatever=1", method is "GET" or "DELETE" ? null : """{"any":"thing"}""");
            answer.ShouldBeError(400, "illegal_argument_exception", $"[{name}]", "not supported");
        }
    }

    [Fact]
    public void No_two_endpoints_share_a_method_and_path()
    {
        var requests = ApiTable.All.SelectMany(endpoint => endpoint.Paths.SelectMany(path => endpoint.Methods.Select(method => $"{method} {path}"))).ToList();
        requests.Distinct().Count().ShouldBe(requests.Count);
        ApiTable.All.Select(endpoint => endpoint.Name).Distinct().Count().ShouldBe(ApiTable.All.Length);
    }

    [Fact]
    public void No_parameter_of_an_endpoint_is_declared_twice_or_hides_a_common_one()
    {
        foreach (var endpoint in ApiTable.All)
        {
            var names = endpoint.Parameters.Select(parameter => parameter.Name).Concat(Parameters.Common.Select(parameter => parameter.Name)).ToList();
            names.Distinct().Count().ShouldBe(names.Count, endpoint.Name);
        }
    }

    [Fact]
    public void The_documentation_names_every_endpoint_path_and_parameter()
    {
        var text = ApiTable.RenderMarkdown();
        foreach (var endpoint in ApiTable.All)
        {
            text.ShouldContain(endpoint.Name);
            foreach (var path in endpoint.Paths) text.ShouldContain(path);
        }
        foreach (var parameter in ApiTable.All.SelectMany(endpoint => endpoint.Parameters))
            text.ShouldContain($"| `{parameter.Name}` | {parameter.TypeName} |");
    }

    [Fact]
    public async Task The_page_of_the_documentation_has_the_table_as_it_is()
    {
        const string Begin = "<!-- api-table:begin -->\n", End = "<!-- api-table:end -->";
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "MlActors.sln"))) root = root.Parent;
        var path = Path.Combine(root.FullName, "docs/users/api.md");
        var page = await File.ReadAllTextAsync(path);
        var (from, to) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        var wanted = string.Concat(page.AsSpan(0, from), ApiTable.RenderMarkdown(), page.AsSpan(to));
        if (Environment.GetEnvironmentVariable("MLACTORS_WRITE_DOCS") == "1") await File.WriteAllTextAsync(path, wanted);
        else (page == wanted).ShouldBeTrue("docs/users/api.md is not of this table; write it anew with MLACTORS_WRITE_DOCS=1 ./test.sh ApiTableTests");
    }

    private static IEnumerable<(ApiEndpoint Endpoint, string Method, string Path)> RequestsOf(string name)
    {
        var endpoint = ApiTable.All.Single(endpoint => endpoint.Name == name);
        return endpoint.Paths.SelectMany(path => endpoint.Methods.Where(method => method != "HEAD").Select(method =>
            (endpoint, method, path.Replace("{job_id}", "some-job").Replace("{timestamp}", "0").Replace("{task_id}", "n:1")
                .Replace("{", "").Replace("}", ""))));
    }

    private static string? BodyOf(ApiEndpoint endpoint) => endpoint.Body is BodyKind.Json or BodyKind.Stream ? "{}" : null;
}
