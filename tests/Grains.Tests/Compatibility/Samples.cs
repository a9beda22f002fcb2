using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using Orleans.Runtime;

namespace Gatehouse.Grains.Tests.Compatibility;

/// <summary>
/// A value of any type that is stored or sent, with something in each of its fields: made by the type's own constructor and
/// properties, the same every time.
/// </summary>
internal static class Samples
{
    private const int Depth = 5;

    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly Dictionary<Type, object> Known = new()
    {
        [typeof(string)] = "text",
        [typeof(object)] = "anything",
        [typeof(bool)] = true,
        [typeof(byte)] = (byte)7,
        [typeof(char)] = 'c',
        [typeof(short)] = (short)7,
        [typeof(int)] = 7,
        [typeof(uint)] = 7u,
        [typeof(long)] = 7L,
        [typeof(ulong)] = 7ul,
        [typeof(float)] = 1.5f,
        [typeof(double)] = 1.5,
        [typeof(decimal)] = 1.5m,
        [typeof(TimeSpan)] = TimeSpan.FromSeconds(42),
        [typeof(DateTimeOffset)] = At,
        [typeof(DateTime)] = At.UtcDateTime,
        [typeof(DateOnly)] = DateOnly.FromDateTime(At.UtcDateTime),
        [typeof(Guid)] = new Guid("01234567-89ab-cdef-0123-456789abcdef"),
        [typeof(Uri)] = new Uri("http://sample.example/"),
        [typeof(ReadOnlyMemory<byte>)] = new ReadOnlyMemory<byte>([1, 2, 3]),
        [typeof(GrainId)] = GrainId.Create("sample", "one"),
    };

    /// <summary>The sample of a type; null where a type contains itself without end, and of references.</summary>
    public static object? Of(Type type, int depth = 0)
    {
        if (Known.TryGetValue(type, out var known))
        {
            return known;
        }

        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return Of(inner, depth);
        }

        // A reference to a grain or an observer, which only a running cluster has.
        if (type.IsInterface)
        {
            return null;
        }

        if (type.IsEnum)
        {
            return Enum.GetValues(type).Cast<object>().Last();
        }

        if (depth > Depth)
        {
            return type.IsValueType ? Activator.CreateInstance(type) : null;
        }

        return Collection(type, depth) ?? Made(type, depth);
    }

    private static object? Collection(Type type, int depth)
    {
        if (type.IsArray)
        {
            var array = Array.CreateInstance(type.GetElementType()!, 1);
            array.SetValue(Of(type.GetElementType()!, depth + 1), 0);
            return array;
        }

        if (!type.IsGenericType || !typeof(IEnumerable).IsAssignableFrom(type))
        {
            return null;
        }

        var items = type.GetGenericArguments();
        var value = Of(items[^1], depth + 1);
        var factory = type.GetGenericTypeDefinition() switch
        {
            var definition when definition == typeof(ImmutableArray<>) => typeof(ImmutableArray),
            var definition when definition == typeof(ImmutableList<>) => typeof(ImmutableList),
            var definition when definition == typeof(ImmutableHashSet<>) => typeof(ImmutableHashSet),
            var definition when definition == typeof(ImmutableSortedSet<>) => typeof(ImmutableSortedSet),
            var definition when definition == typeof(ImmutableQueue<>) => typeof(ImmutableQueue),
            var definition when definition == typeof(ImmutableDictionary<,>) => typeof(ImmutableDictionary),
            var definition when definition == typeof(ImmutableSortedDictionary<,>) => typeof(ImmutableSortedDictionary),
            _ => throw new NotSupportedException($"There is no sample of {type}: add its kind of collection."),
        };
        if (items.Length == 2)
        {
            var empty = (IEnumerable)Empty(factory, items);
            return empty.GetType().GetMethod("Add", items)!.Invoke(empty, [Of(items[0], depth + 1), value]);
        }

        // An item that contains itself ends with none.
        return value is null
            ? Empty(factory, items)
            : factory.GetMethods().Single(method => method.Name == "Create" && method.GetParameters() is [{ ParameterType.IsGenericParameter: true }]).MakeGenericMethod(items).Invoke(null, [value]);
    }

    private static object Empty(Type factory, Type[] items) =>
        factory.GetMethods().Single(method => method.Name == "Create" && method.GetParameters().Length == 0).MakeGenericMethod(items).Invoke(null, [])!;

    private static object Made(Type type, int depth)
    {
        if (!RecordedStateTests.Assemblies.Contains(type.Assembly))
        {
            throw new NotSupportedException($"There is no sample of {type}: add one to what is known.");
        }

        var constructor = type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Where(one => one.GetParameters() is not [var only] || only.ParameterType != type)
            .MaxBy(one => one.GetParameters().Length);
        var made = constructor is null
            ? Activator.CreateInstance(type)!
            : constructor.Invoke([.. constructor.GetParameters().Select(parameter => Of(parameter.ParameterType, depth + 1))]);
        foreach (var property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Where(property => property.GetCustomAttribute<IdAttribute>() is not null && property.CanWrite))
        {
            property.SetValue(made, Of(property.PropertyType, depth + 1));
        }

        return made;
    }
}
