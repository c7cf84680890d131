using MlActors.Gateway.Tests.Serving;
using MlActors.Storage.Security;

namespace MlActors.Gateway.Tests.Documents;

public sealed class IndexTests
{
    [Fact]
    public async Task An_index_keeps_its_mappings_and_settings()
    {
        await using var server = await GatewayServer.StartAsync();
        const string body = """{"settings":{"number_of_shards":1,"index":{"retention":"30d"}},"mappings":{"properties":{"when":{"type":"date","format":"epoch_second"}}}}""";
        (await server.SendAsync("PUT", "/logs", body)).Text.ShouldBe("""{"acknowledged":true,"shards_acknowledged":true,"index":"logs"}""");
        (await server.SendAsync("PUT", "/logs", body)).ShouldBeError(400, "resource_already_exists_exception", "[logs/");
        (await server.SendAsync("HEAD", "/logs")).Status.ShouldBe(200);
        (await server.SendAsync("HEAD", "/none")).Status.ShouldBe(404);
        var index = (await server.GetAsync("/logs")).Json.GetProperty("logs");
        index.GetProperty("mappings").GetProperty("properties").GetProperty("when").GetProperty("format").GetString().ShouldBe("epoch_second");
        var settings = index.GetProperty("settings").GetProperty("index");
        settings.GetProperty("retention").GetString().ShouldBe("30d");
        settings.GetProperty("number_of_shards").GetString().ShouldBe("1");
        settings.GetProperty("time_field").GetString().ShouldBe("when");

        (await server.SendAsync("POST", "/logs/_doc/1", """{"when":1767225600,"a":"b"}""")).Status.ShouldBe(201);
        (await server.GetAsync("/logs/_count?q=when:[2026-01-01 TO 2026-01-01]")).Json.GetProperty("count").GetInt32().ShouldBe(1);

        (await server.SendAsync("PUT", "/logs/_settings", """{"index.retention":"7d"}""")).Status.ShouldBe(200);
        (await server.Storage.Documents.FindIndexAsync("logs"))!.Definition.Retention.ShouldBe(TimeSpan.FromDays(7));
        (await server.SendAsync("PUT", "/logs/_settings", """{"index":{"retention":null}}""")).Status.ShouldBe(200);
        (await server.Storage.Documents.FindIndexAsync("logs"))!.Definition.Retention.ShouldBeNull();
        (await server.SendAsync("PUT", "/logs/_settings", """{"index":{"time_field":"x"}}""")).ShouldBeError(400, "illegal_argument_exception", "[index.time_field]");

        var table = await server.GetAsync("/_cat/indices?v&h=index,docs.count,store.size&bytes=b");
        table.Text.ShouldBe("index docs.count store.size\nlogs           1         27\n");
        (await server.GetAsync("/logs/_field_caps?fields=*")).Json.GetProperty("fields").GetProperty("a").TryGetProperty("keyword", out _).ShouldBeTrue();

        (await server.SendAsync("DELETE", "/_all")).Status.ShouldBe(400);
        (await server.SendAsync("DELETE", "/logs")).Text.ShouldBe("""{"acknowledged":true}""");
        (await server.SendAsync("DELETE", "/logs")).ShouldBeError(404, "index_not_found_exception", "[logs]");
    }

    [Fact]
    public async Task An_index_without_a_date_takes_the_time_field_of_its_first_document()
    {
        await using var server = await GatewayServer.StartAsync();
        await server.SendAsync("PUT", "/logs", "{}");
        (await server.PostAsync("/logs/_doc", """{"broken":""")).Status.ShouldBe(400);
        (await server.PostAsync("/logs/_doc", """{"ts":"2026-01-01T00:00:00Z"}""")).Status.ShouldBe(201);
        (await server.PostAsync("/logs/_doc", """{"@timestamp":"2026-01-01T00:00:00Z"}""")).ShouldBeError(400, "document_parsing_exception", "[ts]");
    }

    [Fact]
    public async Task Single_documents_are_put_got_and_deleted()
    {
        await using var server = await GatewayServer.StartAsync();
        var created = await server.SendAsync("PUT", "/logs/_doc/1", "{\n \"time\": 1767225600000 }");
        created.Status.ShouldBe(201, created.Text);
        created.Json.GetProperty("result").GetString().ShouldBe("created");
        (await server.SendAsync("PUT", "/logs/_create/1", """{"time":1}""")).ShouldBeError(409, "version_conflict_engine_exception", "[1]");
        (await server.SendAsync("PUT", "/logs/_doc/1?op_type=create", """{"time":1}""")).Status.ShouldBe(409);
        (await server.SendAsync("PUT", "/logs/_doc/1", """{"time":1,"a":{"b":2}}""")).Json.GetProperty("_version").GetInt32().ShouldBe(2);
        var got = await server.GetAsync("/logs/_doc/1?_source_includes=a");
        got.Json.GetProperty("_source").GetRawText().ShouldBe("""{"a":{"b":2}}""");
        got.Json.GetProperty("found").GetBoolean().ShouldBeTrue();
        var made = (await server.PostAsync("/logs/_doc", """{"time":5}""")).Json.GetProperty("_id").GetString()!;
        (await server.GetAsync("/logs/_doc/" + made)).Json.GetProperty("_source").GetRawText().ShouldBe("""{"time":5}""");
        (await server.SendAsync("DELETE", "/logs/_doc/1")).Json.GetProperty("result").GetString().ShouldBe("deleted");
        (await server.SendAsync("DELETE", "/logs/_doc/1")).Status.ShouldBe(404);
        (await server.GetAsync("/logs/_doc/1")).Status.ShouldBe(404);
        (await server.SendAsync("PUT", "/logs/_doc", """{"time":5}""")).ShouldBeError(400, "illegal_argument_exception", "POST");
    }

    [Theory]
    [InlineData("PUT", "/_foo", 400)]
    [InlineData("POST", "/logs", 405)]
    [InlineData("PUT", "/Logs", 400)]
    [InlineData("GET", "/_license", 200)]
    [InlineData("GET", "/_xpack", 200)]
    [InlineData("GET", "/_index_template/logs", 404)]
    [InlineData("HEAD", "/_template/logs", 404)]
    [InlineData("PUT", "/_index_template/logs", 400)]
    [InlineData("PUT", "/_ilm/policy/logs", 400)]
    [InlineData("POST", "/_search/scroll", 400)]
    [InlineData("POST", "/_refresh", 200)]
    public async Task What_shippers_ask_for_is_answered_sensibly(string method, string path, int status)
    {
        await using var server = await GatewayServer.StartAsync();
        (await server.SendAsync(method, path, method == "PUT" ? "{}" : null)).Status.ShouldBe(status);
    }

    [Fact]
    public async Task An_api_key_may_do_what_it_was_given_on_its_indices_and_nothing_else()
    {
        await using var server = await GatewayServer.StartSecureAsync("superuser", "editor", "viewer");
        var key = await Key(
            """{"name":"shipper","role_descriptors":{"r":{"indices":[{"names":["logs-*"],"privileges":["create_doc","auto_configure"]}]}}}""", "superuser");
        const string lines = "{\"create\":{\"_index\":\"logs-1\"}}\n{\"time\":1}\n{\"index\":{\"_index\":\"logs-1\",\"_id\":\"1\"}}\n{\"time\":1}\n{\"create\":{\"_index\":\"other\"}}\n{\"time\":1}\n";
        var bulk = await server.SendAsync("POST", "/_bulk", lines, key, "application/x-ndjson");
        bulk.Json.GetProperty("items").EnumerateArray().Select(item => item.EnumerateObject().Single().Value.GetProperty("status").GetInt32()).ShouldBe([201, 403, 403], bulk.Text);
        (await server.SendAsync("GET", "/logs-1/_search", authorization: key)).ShouldBeError(403, "security_exception", "[read,all]");
        (await server.SendAsync("GET", "/_ml/anomaly_detectors", authorization: key)).Status.ShouldBe(403);
        (await server.SendAsync("PUT", "/logs-2", authorization: key)).Status.ShouldBe(200);
        (await server.SendAsync("PUT", "/other", authorization: key)).Status.ShouldBe(403);
        (await server.SendAsync("DELETE", "/logs-2", authorization: key)).Status.ShouldBe(403);

        (await server.SendAsync("GET", "/logs-1/_count", authorization: GatewayServer.Basic("viewer"))).Json.GetProperty("count").GetInt32().ShouldBe(1);
        (await server.SendAsync("POST", "/logs-1/_doc", """{"time":1}""", GatewayServer.Basic("viewer"))).Status.ShouldBe(403);
        (await server.SendAsync("POST", "/new/_doc", """{"time":1}""", GatewayServer.Basic("editor"))).Status.ShouldBe(201);
        (await server.SendAsync("DELETE", "/new", authorization: GatewayServer.Basic("editor"))).Status.ShouldBe(403);

        var reader = await Key("""{"name":"reader","role_descriptors":{"r":{"indices":[{"names":["new"],"privileges":["read"]}]}}}""", "superuser");
        (await server.SendAsync("GET", "/_search", authorization: reader)).Json.GetProperty("hits").GetProperty("total").GetProperty("value").GetInt32().ShouldBe(1);
        (await server.SendAsync("GET", "/logs-1,new/_search", authorization: reader)).Status.ShouldBe(403);

        async Task<string> Key(string body, string user)
        {
            var answer = await server.SendAsync("POST", "/_security/api_key", body, GatewayServer.Basic(user));
            answer.Status.ShouldBe(200, answer.Text);
            return "ApiKey " + answer.Json.GetProperty("encoded").GetString();
        }
    }

    [Fact]
    public async Task A_key_cannot_have_more_on_indices_than_its_user()
    {
        await using var server = await GatewayServer.StartSecureAsync("manage_own_api_key", "superuser");
        await server.Storage.Security.PutUserAsync(new StoredUser("both", (await server.Storage.Security.FindUserAsync("superuser"))!.PasswordHash, ["viewer", "manage_own_api_key"], true));
        var user = GatewayServer.Basic("both", "secret-superuser");
        (await server.SendAsync("POST", "/_security/api_key", """{"name":"k","role_descriptors":{"r":{"indices":[{"names":["a"],"privileges":["write"]}]}}}""", user))
            .ShouldBeError(400, "illegal_argument_exception", "[write]", "[a]");
        (await server.SendAsync("POST", "/_security/api_key", """{"name":"k","role_descriptors":{"r":{"indices":[{"names":["a"],"privileges":["reed"]}]}}}""", user))
            .ShouldBeError(400, "illegal_argument_exception", "[read]");
        (await server.SendAsync("POST", "/_security/api_key", """{"name":"k","role_descriptors":{"r":{"indices":[{"names":["a"],"privileges":["read"]}]}}}""", user)).Status.ShouldBe(200);
    }
}
