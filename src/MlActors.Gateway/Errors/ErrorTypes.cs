namespace MlActors.Gateway.Errors;

/// <summary>The names that the API gives its kinds of errors (<c>error.type</c>).</summary>
public static class ErrorTypes
{
    public const string IllegalArgument = "illegal_argument_exception";
    public const string IllegalState = "illegal_state_exception";
    public const string Status = "status_exception";
    public const string Parse = "parse_exception";
    public const string XContentParse = "x_content_parse_exception";
    public const string MediaType = "media_type_header_exception";
    public const string RequestValidation = "action_request_validation_exception";
    public const string NotFound = "resource_not_found_exception";
    public const string AlreadyExists = "resource_already_exists_exception";
    public const string Security = "security_exception";
    public const string TooLarge = "content_too_long_exception";
    public const string Parsing = "parsing_exception";
    public const string DocumentParsing = "document_parsing_exception";
    public const string IndexNotFound = "index_not_found_exception";
    public const string InvalidIndexName = "invalid_index_name_exception";
    public const string VersionConflict = "version_conflict_engine_exception";
    public const string Rejected = "es_rejected_execution_exception";
    public const string Unexpected = "exception";
}
