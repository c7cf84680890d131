using System.Runtime.InteropServices;
using MlActors.Analysis.Binary;
using MlActors.Analysis.Geography;

namespace MlActors.Analysis.Buckets;

/// <summary>
/// The places at which a series had events in an open bucket, at most <see cref="Most"/>. When there are more, the two that lie closest become one, at
/// the place of the one with more records: what lies far from all others is never lost.
/// </summary>
internal sealed class PlaceCollector : EventCollector
{
    public const int Most = 16;

    private const long OwnBytes = 32 + 32;
    private const long PlaceBytes = 40;

    private readonly List<Place> _places = [];

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Place(ulong Key, double Count, Direction Direction);

    public override long Bytes => OwnBytes + (PlaceBytes * _places.Count);

    public override int Count => _places.Count;

    public GeoPoint PointAt(int place) => GeoPoint.OfKey(_places[place].Key);

    public Direction DirectionAt(int place) => _places[place].Direction;

    public override void Add(in RecordValue record)
    {
        for (var i = 0; i < _places.Count; i++)
        {
            if (_places[i].Key != record.Key) continue;
            _places[i] = _places[i] with { Count = _places[i].Count + record.Count };
            return;
        }
        _places.Add(new Place(record.Key, record.Count, Direction.Of(GeoPoint.OfKey(record.Key))));
        if (_places.Count > Most) JoinClosest();
    }

    public override void Clear() => _places.Clear();

    public override void Write(ByteWriter writer)
    {
        writer.Byte((byte)_places.Count);
        foreach (var place in _places)
        {
            writer.UInt64(place.Key);
            writer.Double(place.Count);
        }
    }

    public override void Read(ref ByteReader reader)
    {
        var count = reader.Byte();
        if (count > Most) throw new InvalidDataException("there are too many places");
        for (var i = 0; i < count; i++)
        {
            var key = reader.UInt64();
            _places.Add(new Place(key, reader.Double(), Direction.Of(GeoPoint.OfKey(key))));
        }
    }

    private void JoinClosest()
    {
        var (first, second, least) = (0, 1, double.PositiveInfinity);
        var places = CollectionsMarshal.AsSpan(_places);
        for (var i = 0; i < places.Length; i++)
        {
            for (var j = i + 1; j < places.Length; j++)
            {
                var chord2 = places[i].Direction.Chord2(places[j].Direction);
                if (chord2 < least) (first, second, least) = (i, j, chord2);
            }
        }
        var count = places[first].Count + places[second].Count;
        places[first] = (places[second].Count > places[first].Count ? places[second] : places[first]) with { Count = count };
        _places.RemoveAt(second);
    }
}
