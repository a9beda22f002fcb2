using System.Collections.Immutable;
using System.Text.Json;

namespace Gatehouse.Api.Registry;

/// <summary>
/// Reads the fields of a JSON object strictly, and gathers what is wrong with each: unknown fields, wrong types, values
/// out of range.
/// </summary>
internal sealed class JsonFields
{
    private readonly Dictionary<string, JsonElement> fields = new(StringComparer.Ordinal);

    public JsonFields(JsonElement document, params ReadOnlySpan<string> known)
    {
        if (document.ValueKind != JsonValueKind.Object)
        {
            Refuse("$", "must be a JSON object");
            return;
        }

        foreach (var field in document.EnumerateObject())
        {
            if (!known.Contains(field.Name))
            {
                Refuse(Shown(field.Name), $"is not known; the fields are {string.Join(", ", known.ToArray())}");
            }
            else
            {
                fields[field.Name] = field.Value;
            }
        }
    }

    /// <summary>What is wrong, by the field's path.</summary>
    public Dictionary<string, string[]> Errors { get; } = [];

    public void Refuse(string path, string why) => Errors.TryAdd(path, [why]);

    public string? Text(string name, bool required = false, int maxLength = int.MaxValue)
    {
        if (!fields.TryGetValue(name, out var value))
        {
            if (required && !Errors.ContainsKey("$"))
            {
                Refuse(name, "is required");
            }

            return null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            Refuse(name, "must be a string");
            return null;
        }

        var text = value.GetString()!;
        if (text.Length > maxLength || text.Any(char.IsControl))
        {
            Refuse(name, $"must be at most {maxLength} characters, none of them a control character");
        }

        return text;
    }

    public int Number(string name, int otherwise, int from, int to)
    {
        if (!fields.TryGetValue(name, out var value))
        {
            return otherwise;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= from && number <= to)
        {
            return number;
        }

        Refuse(name, $"must be a whole number from {from} to {to}");
        return otherwise;
    }

    public bool Flag(string name)
    {
        if (!fields.TryGetValue(name, out var value))
        {
            return false;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Refuse(name, "must be true or false");
        return false;
    }

    /// <summary>A list of texts, none of them empty; an empty list when there is none.</summary>
    public ImmutableArray<string> Texts(string name, int maxTexts, int maxLength)
    {
        if (!fields.TryGetValue(name, out var value))
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > maxTexts)
        {
            Refuse(name, $"must be a list of at most {maxTexts} strings");
            return [];
        }

        var texts = ImmutableArray.CreateBuilder<string>();
        foreach (var item in value.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.String && item.GetString()!.Trim() is { Length: > 0 } text && text.Length <= maxLength && !text.Any(char.IsControl))
            {
                texts.Add(text);
            }
            else
            {
                Refuse($"{name}[{texts.Count}]", $"must be a string of 1 to {maxLength} characters, none of them a control character");
                break;
            }
        }

        return texts.DrainToImmutable();
    }

    public IEnumerable<KeyValuePair<string, string>> Pairs(string name, int maxPairs, int maxKey, int maxValue)
    {
        if (!fields.TryGetValue(name, out var value))
        {
            yield break;
        }

        if (value.ValueKind != JsonValueKind.Object || value.GetPropertyCount() > maxPairs)
        {
            Refuse(name, $"must be an object of at most {maxPairs} strings");
            yield break;
        }

        foreach (var pair in value.EnumerateObject())
        {
            var path = $"{name}.{Shown(pair.Name)}";
            if (pair.Name.Length is 0 || pair.Name.Length > maxKey)
            {
                Refuse(path, $"has a name that is not 1 to {maxKey} characters long");
            }
            else if (pair.Value.ValueKind != JsonValueKind.String)
            {
                Refuse(path, "must be a string");
            }
            else if (pair.Value.GetString()!.Length > maxValue)
            {
                Refuse(path, $"must be at most {maxValue} characters");
            }
            else
            {
                yield return new(pair.Name, pair.Value.GetString()!);
            }
        }
    }

    // A hostile name is not given back whole.
    private static string Shown(string name) => name.Length <= 64 ? name : name[..64] + "…";
}
