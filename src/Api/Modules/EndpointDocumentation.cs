using Microsoft.OpenApi;

namespace Gatehouse.Api.Modules;

/// <summary>Tells the API's documentation of what an endpoint reads by itself.</summary>
public static class EndpointDocumentation
{
    /// <summary>Documents query parameters, texts, none of them required.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="parameters">Their names, and what they say.</param>
    public static RouteHandlerBuilder WithQuery(this RouteHandlerBuilder endpoint, params (string Name, string Description)[] parameters) =>
        endpoint.With(ParameterLocation.Query, required: false, parameters);

    /// <summary>Documents <see cref="IdempotencyKey"/>, and the refusals of commands.</summary>
    public static RouteHandlerBuilder WithIdempotencyKey(this RouteHandlerBuilder endpoint) =>
        endpoint
            .With(ParameterLocation.Header, required: true, (IdempotencyKey.Header, "1 to 64 visible ASCII characters, new for each command and the same when it is repeated"))
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    /// <summary>Documents <c>If-Match</c>, and its refusal.</summary>
    public static RouteHandlerBuilder WithIfMatch(this RouteHandlerBuilder endpoint) =>
        endpoint
            .With(ParameterLocation.Header, required: false, ("If-Match", "the ETag that the change is meant for"))
            .ProducesProblem(StatusCodes.Status412PreconditionFailed);

    private static RouteHandlerBuilder With(
        this RouteHandlerBuilder endpoint, ParameterLocation where, bool required, params (string Name, string Description)[] parameters) =>
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Parameters ??= [];
            foreach (var (name, description) in parameters)
            {
                operation.Parameters.Add(new OpenApiParameter
                {
                    Name = name,
                    In = where,
                    Required = required,
                    Description = description,
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                });
            }

            return Task.CompletedTask;
        });
}
