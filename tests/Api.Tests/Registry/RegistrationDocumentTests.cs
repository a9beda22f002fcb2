using System.Text.Json;
using CsCheck;
using Gatehouse.Api.Registry;
using Shouldly;

namespace Gatehouse.Api.Tests.Registry;

public sealed class RegistrationDocumentTests
{
    [Fact]
    public void Parse_takes_every_field()
    {
        var instance = Parse("""{"address":"http://10.0.0.5:8080","zone":"a","weight":7,"metadata":{"k":"v"},"leaseSeconds":10}""").Instance!;

        (instance.Service, instance.Id, instance.Address).ShouldBe(("ORDERS", "1", "http://10.0.0.5:8080"));
        (instance.Zone, instance.Weight, instance.Lease).ShouldBe(("a", 7, TimeSpan.FromSeconds(10)));
        instance.Metadata["k"].ShouldBe("v");
    }

    [Fact]
    public void Parse_has_defaults_for_all_but_the_address()
    {
        var instance = Parse("""{"address":"https://h"}""").Instance!;

        (instance.Address, instance.Zone, instance.Weight, instance.Lease).ShouldBe(("https://h", "", 1, TimeSpan.FromSeconds(30)));
        instance.Metadata.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("[]", "$")]
    [InlineData("{}", "address")]
    [InlineData("""{"address":null}""", "address")]
    [InlineData("""{"address":5}""", "address")]
    [InlineData("""{"address":"ftp://h"}""", "address")]
    [InlineData("""{"address":"h:80"}""", "address")]
    [InlineData("""{"address":"http://h/path"}""", "address")]
    [InlineData("""{"address":"http://h?q"}""", "address")]
    [InlineData("""{"address":"http://h#f"}""", "address")]
    [InlineData("""{"address":"http://u:p@h"}""", "address")]
    [InlineData("""{"address":"http://h:0"}""", "address")]
    [InlineData("""{"address":"http://h:99999"}""", "address")]
    [InlineData("""{"address":"http:// h"}""", "address")]
    [InlineData("""{"address":"http://h","weight":-1}""", "weight")]
    [InlineData("""{"address":"http://h","weight":1001}""", "weight")]
    [InlineData("""{"address":"http://h","weight":"1"}""", "weight")]
    [InlineData("""{"address":"http://h","weight":1.5}""", "weight")]
    [InlineData("""{"address":"http://h","leaseSeconds":0}""", "leaseSeconds")]
    [InlineData("""{"address":"http://h","leaseSeconds":3601}""", "leaseSeconds")]
    [InlineData("""{"address":"http://h","zone":"\u0007"}""", "zone")]
    [InlineData("""{"address":"http://h","metadata":[]}""", "metadata")]
    [InlineData("""{"address":"http://h","metadata":{"k":1}}""", "metadata.k")]
    [InlineData("""{"address":"http://h","wieght":1}""", "wieght")]
    public void Parse_names_the_field_it_refuses(string json, string field)
    {
        var (instance, problem) = Parse(json);

        instance.ShouldBeNull();
        problem!.Status.ShouldBe(400);
        problem.Errors!.Keys.ShouldBe([field]);
    }

    [Fact]
    public void Parse_tells_all_that_is_wrong_at_once() =>
        Parse("""{"weight":-1,"zone":5,"x":1}""").Problem!.Errors!.Keys.ShouldBe(["address", "weight", "zone", "x"], ignoreOrder: true);

    [Fact]
    public void Parse_bounds_metadata()
    {
        var many = string.Join(",", Enumerable.Range(0, 65).Select(i => $"\"k{i}\":\"v\""));
        Parse($$"""{"address":"http://h","metadata":{ {{many}} } }""").Problem!.Errors!.Keys.ShouldBe(["metadata"]);
        Parse($$"""{"address":"http://h","metadata":{"k":"{{new string('v', 1025)}}"} }""").Problem!.Errors!.Keys.ShouldBe(["metadata.k"]);
        Parse($$"""{"address":"http://h","metadata":{"{{new string('k', 129)}}":"v"} }""").Problem!.Errors!.Count.ShouldBe(1);
    }

    [Fact]
    public void TryAddress_never_throws_and_gives_a_plain_origin() =>
        Record.Exception(() => Gen.String.Sample(text =>
        {
            if (RegistrationDocument.TryAddress("http://" + text, out var address))
            {
                var uri = new Uri(address);
                (uri.PathAndQuery, uri.UserInfo, uri.Fragment).ShouldBe(("/", "", ""));
            }
        })).ShouldBeNull();

    [Theory]
    [InlineData("1s", true)]
    [InlineData("30s", true)]
    [InlineData("10m", true)]
    [InlineData("600s", true)]
    [InlineData("0s", false)]
    [InlineData("601s", false)]
    [InlineData("30", false)]
    [InlineData("s", false)]
    [InlineData("", false)]
    [InlineData("-5s", false)]
    [InlineData(" 5s", false)]
    [InlineData("9999999999s", false)]
    [InlineData("2147483647m", false)]
    public void Drain_time_is_from_a_second_to_ten_minutes(string text, bool valid) => Drain.TryRead(text, out _).ShouldBe(valid);

    [Theory]
    [InlineData("orders", true)]
    [InlineData("a.b_c-9", true)]
    [InlineData("", false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    [InlineData("é", false)]
    public void Service_name_is_letters_digits_and_three_marks(string text, bool valid) =>
        RegistryNames.TryService(text, out _).ShouldBe(valid);

    [Theory]
    [InlineData("h1:orders:8080", true)]
    [InlineData("größe 1", true)]
    [InlineData("", false)]
    [InlineData("a/b", false)]
    [InlineData("a%2fb", false)]
    [InlineData("a\nb", false)]
    [InlineData("a\uD800b", false)]
    public void Instance_id_is_printable_without_separators(string text, bool valid) => RegistryNames.IsInstance(text).ShouldBe(valid);

    private static (Gatehouse.Grains.Registry.Instance? Instance, Gatehouse.Api.Problems.Problem? Problem) Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return RegistrationDocument.Parse(document.RootElement, "ORDERS", "1");
    }
}
