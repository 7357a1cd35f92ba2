"""A seeded stream of ride wishes: mornings to doctors and the market, school, evenings; by phone the day before, and at short notice by app."""
import dataclasses
import datetime
import math
import random

from .clock import at


@dataclasses.dataclass
class Wish:
    number: int
    asked: datetime.datetime     # when somebody asks
    origin: dict
    destination: dict
    when: dict                   # {"departAt": …} or {"arriveBy": …}
    target: datetime.datetime
    party: dict
    phone: bool
    back: datetime.datetime | None
    cancels: float | None        # hours before the target, or never
    lets_expire: bool
    no_show: bool


# Share of the day's rides, begin and end of the peak in hours, and whether it leads to the centre.
PEAKS = [(0.18, 7.0, 8.0, "centre"), (0.34, 8.5, 11.0, "centre"), (0.22, 11.5, 14.0, "home"), (0.16, 14.0, 17.0, "any"), (0.10, 17.0, 19.5, "any")]


def metres(a, b):
    dy = (a["latitude"] - b["latitude"]) * 111_200
    dx = (a["longitude"] - b["longitude"]) * 111_200 * math.cos(math.radians(a["latitude"]))
    return math.hypot(dx, dy)


class Demand:
    def __init__(self, seed, day, rides, stops, no_shows=0.0):
        self.random, self.day, self.rides, self.no_shows = random.Random(seed), day, rides, no_shows
        middle = {axis: sorted(stop["location"][axis] for stop in stops)[len(stops) // 2] for axis in ("latitude", "longitude")}
        self.stops = sorted(stops, key=lambda stop: (metres(stop["location"], middle), stop["id"]))
        self.centre = self.stops[: max(2, len(self.stops) // 4)]

    def _place(self, side):
        stop = self.random.choice(self.centre if side == "centre" else self.stops)
        return {"stopId": stop["id"]}, stop["location"]

    def _door(self, location):
        """An address near a stop: doors are where people live."""
        jitter = lambda scale: self.random.gauss(0, scale)
        return {"location": {"latitude": location["latitude"] + jitter(0.0012), "longitude": location["longitude"] + jitter(0.0018)},
                "label": "Zuhause"}

    def _party(self):
        people = self.random.choices([1, 2, 3, 4], [78, 16, 4, 2])[0]
        return {"people": people, "wheelchairs": int(self.random.random() < 0.04), "walkers": int(self.random.random() < 0.08),
                "prams": int(self.random.random() < 0.03)}

    def wish(self, number):
        rng = self.random
        share, begin, end, side = rng.choices(PEAKS, [peak[0] for peak in PEAKS])[0]
        while True:
            origin, from_location = self._place("centre" if side == "home" else "any")
            destination, to_location = self._place("centre" if side == "centre" else "any")
            if metres(from_location, to_location) > 700:
                break
        if rng.random() < 0.4:  # one end is a door
            if side == "home":
                destination = self._door(to_location)
            else:
                origin = self._door(from_location)
        target = at(self.day, rng.uniform(begin, end)).replace(second=0, microsecond=0)
        kind = "arriveBy" if side == "centre" and rng.random() < 0.6 else "departAt"
        how = rng.random()
        if how < 0.45:  # at short notice, by app
            asked, phone = target - datetime.timedelta(minutes=rng.uniform(75, 240)), rng.random() < 0.1
        elif how < 0.65:  # the day before, by app
            asked, phone = at(self.day - datetime.timedelta(days=1), rng.uniform(9, 20)), False
        else:  # the day before, by phone, in office hours
            asked, phone = at(self.day - datetime.timedelta(days=1), rng.uniform(8.5, 16)), True
        back = target + datetime.timedelta(hours=rng.uniform(1.5, 3)) if side == "centre" and rng.random() < 0.25 else None
        return Wish(number, asked.replace(microsecond=0), origin, destination, {kind: target}, target, self._party(), phone, back,
                    rng.uniform(0.8, 3) if rng.random() < 0.06 else None, rng.random() < 0.02, rng.random() < self.no_shows)

    def day_of_wishes(self):
        return sorted((self.wish(number) for number in range(self.rides)), key=lambda wish: (wish.asked, wish.number))
