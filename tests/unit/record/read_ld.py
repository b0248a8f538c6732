# SPDX-License-Identifier: MIT
"""Reads a MoTeC log as a program would that has never heard of ours, and prints it as JSON: by the facts that the reader
https://github.com/gotzl/ldparser is made of. Usage: read_ld.py FILE.ld"""
import json
import struct
import sys
import xml.etree.ElementTree as xml


def text(raw):
    return raw.split(b"\0")[0].decode("ascii").strip()


with open(sys.argv[1], "rb") as file:
    data = file.read()

marker, meta, samples_at = struct.unpack_from("<I4xII", data, 0)
event_at = struct.unpack_from("<I", data, 36)[0]
count = struct.unpack_from("<I", data, 86)[0]
event, session, comment, venue_at = struct.unpack_from("<64s64s1024sH", data, event_at)
venue, vehicle_at = struct.unpack_from("<64s1034xH", data, venue_at)
channels = {}
at, before, first = meta, 0, True
while at:
    head = struct.unpack_from("<IIIIHHHHhhhh32s8s12s", data, at)
    previous, following, data_at, size, _, kind, width, rate, shift, factor, scale, decimals = head[:12]
    assert previous == before, "the chain leads back"
    if first:
        assert data_at == samples_at, "the samples begin where the header says"
        first = False
    assert (kind, width) == (7, 4), "32-bit floats"
    raw = struct.unpack_from("<%df" % size, data, data_at)
    values = [(v / scale * 10.0 ** -decimals + shift) * factor for v in raw]
    channels[text(head[12])] = {"unit": text(head[14]), "rate": rate, "samples": values}
    before, at = at, following
assert len(channels) == count, "as many channels as the header says"

beacons = [float(m.get("Time")) for m in xml.parse(sys.argv[1] + "x").getroot().iter("Marker")]
details = {s.get("Id"): s.get("Value") for s in xml.parse(sys.argv[1] + "x").getroot().iter("String")}
print(json.dumps({
    "marker": marker,
    "pro": struct.unpack_from("<I", data, 1502)[0],
    "date": text(data[94:110]),
    "time": text(data[126:142]),
    "driver": text(data[158:222]),
    "vehicle": text(data[222:286]),
    "venue": text(venue),
    "session": text(session),
    "vehicle_id": text(data[vehicle_at:vehicle_at + 64]),
    "channels": channels,
    "beacons": beacons,
    "details": details,
}))
