using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Gatehouse.Api.Modules;

/// <summary>Says in the API's documentation what each module is; its endpoints are under the tag of its name.</summary>
internal sealed class ModuleDocumentation(IEnumerable<IServiceModule> modules) : IOpenApiDocumentTransformer
{
    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Tags ??= new HashSet<OpenApiTag>();
        foreach (var module in modules)
        {
            foreach (var tag in document.Tags.Where(tag => tag.Name == module.Name))
            {
                tag.Description = module.Description;
            }
        }

        return Task.CompletedTask;
    }
}
