"""The clock that the town under test reads from a mapped file, and its civil time."""
import datetime
import mmap
import struct
import time
import zoneinfo

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
UTC = datetime.timezone.utc


class TownClock:
    def __init__(self, path):
        with open(path, "wb") as file:
            file.write(bytes(8))
        self.file = open(path, "r+b")
        self.map = mmap.mmap(self.file.fileno(), 8)
        self.now = datetime.datetime.fromtimestamp(0, UTC)
        self.pace = 0  # times real time at most; 0: as fast as it can

    def set(self, moment):
        assert moment >= self.now, "time does not run backwards"
        step, self.now = (moment - self.now).total_seconds(), moment
        self.map[:] = struct.pack("<q", int(moment.timestamp() * 1000) * 1_000_000)
        if self.pace:
            time.sleep(step / self.pace)


def at(day, hours):
    """`hours` of the day in Berlin, as an instant."""
    midnight = datetime.datetime.combine(day, datetime.time(), BERLIN)
    return (midnight + datetime.timedelta(hours=hours)).astimezone(UTC)


def rfc3339(moment):
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


def seconds(duration):
    """A protobuf duration, "900s"."""
    return float(duration[:-1]) if duration else 0.0
