using System.Text.Json;

namespace MlActors.Gateway.Errors;

/// <summary>The one shape of all errors.</summary>
public static class ErrorBody
{
    public static void Write(Utf8JsonWriter json, ApiException error)
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteStartArray("root_cause");
        if (error.Causes.IsEmpty) WriteCause(json, new ErrorCause(error.Type, error.Message), error);
        foreach (var cause in error.Causes) WriteCause(json, cause, error);
        json.WriteEndArray();
        WriteMembers(json, new ErrorCause(error.Type, error.Message), error);
        json.WriteEndObject();
        json.WriteNumber("status", error.Status);
        json.WriteEndObject();
    }

    private static void WriteCause(Utf8JsonWriter json, ErrorCause cause, ApiException error)
    {
        json.WriteStartObject();
        WriteMembers(json, cause, error);
        json.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter json, ErrorCause cause, ApiException error)
    {
        json.WriteString("type", cause.Type);
        json.WriteString("reason", cause.Reason);
        if (error.Challenges.IsEmpty) return;
        json.WriteStartObject("header");
        json.WriteStartArray("WWW-Authenticate");
        foreach (var challenge in error.Challenges) json.WriteStringValue(challenge);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
