using System.Globalization;
using System.Text;

namespace Gatehouse.Cluster.Tests.Telemetry;

/// <summary>A protobuf message, read without its schema: fields by number.</summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Number, ulong Value, ReadOnlyMemory<byte> Bytes)> fields = [];

    public ProtoMessage(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var tag = Varint(ref bytes);
            var (number, wire) = ((int)(tag >> 3), (int)(tag & 7));
            switch (wire)
            {
                case 0:
                    fields.Add((number, Varint(ref bytes), default));
                    break;
                case 1:
                    fields.Add((number, BitConverter.ToUInt64(bytes.Span), default));
                    bytes = bytes[8..];
                    break;
                case 2:
                    var length = (int)Varint(ref bytes);
                    fields.Add((number, 0, bytes[..length]));
                    bytes = bytes[length..];
                    break;
                case 5:
                    fields.Add((number, BitConverter.ToUInt32(bytes.Span), default));
                    bytes = bytes[4..];
                    break;
                default:
                    throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"Wire type {wire}."));
            }
        }
    }

    public IEnumerable<ProtoMessage> Messages(int number) =>
        fields.Where(field => field.Number == number).Select(field => new ProtoMessage(field.Bytes));

    public string Text(int number) => Encoding.UTF8.GetString(Bytes(number).Span);

    public string Hex(int number) => Convert.ToHexStringLower(Bytes(number).Span);

    public ulong Number(int number) => fields.FirstOrDefault(field => field.Number == number).Value;

    /// <summary>Attributes as OpenTelemetry writes them: KeyValue with a value of text, truth or number.</summary>
    public Dictionary<string, string> Attributes(int number) => Messages(number).ToDictionary(
        pair => pair.Text(1),
        pair => pair.Messages(2).First() is var value && value.Bytes(1).IsEmpty
            ? value.Number(3).ToString(CultureInfo.InvariantCulture)
            : value.Text(1));

    private static ulong Varint(ref ReadOnlyMemory<byte> bytes)
    {
        var value = 0UL;
        var shift = 0;
        byte next;
        do
        {
            next = bytes.Span[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7f) << shift;
            shift += 7;
        }
        while (next >= 0x80);
        return value;
    }

    private ReadOnlyMemory<byte> Bytes(int number) => fields.FirstOrDefault(field => field.Number == number).Bytes;
}
