"""A driver that keeps to the plan is never late by the simulation's own clockwork: python3 -m unittest simulation.drivers_test (in tools/)."""
import datetime
import random
import unittest

from .clock import UTC, rfc3339
from .drivers import Driver

NOON = datetime.datetime(2026, 11, 24, 12, tzinfo=UTC)


class Town:
    """One tour of two shifts that meet, with pick-ups whose promise ends when they are planned."""

    def __init__(self, minutes):
        self.now, self.served = NOON, {}
        self.visits = [{"kind": "PICKUP", "rideId": f"ride-{minute}", "shiftId": "early" if minute < 30 else "late", "done": False,
                        "arrival": rfc3339(NOON + datetime.timedelta(minutes=minute)), "begin": rfc3339(NOON + datetime.timedelta(minutes=minute)), "place": {"location": {}}} for minute in minutes]

    def get(self, name, token, path):
        if name == "GetCashSheet":
            return {}
        promise = {"begin": rfc3339(NOON), "end": rfc3339(NOON + datetime.timedelta(hours=2))}
        return {"visits": self.visits, "rides": [{"rideId": visit["rideId"], "promise": {"pickup": promise}} for visit in self.visits]}

    def post(self, name, token, path, body=None):
        visit = next((visit for visit in self.visits if not visit["done"]), None)
        if name == "ReportArrival":
            visit["arrivedAt"] = rfc3339(self.now)
        if name == "ReportBoarding":
            visit["done"] = True
            self.served[visit["rideId"]] = self.now
        return {}


class DriverTest(unittest.TestCase):
    def drive(self, minutes):
        """As tools/simulate does: the clock goes to what is due, and by half minutes from wherever it is."""
        town, at = Town(minutes), lambda minute: rfc3339(NOON + datetime.timedelta(minutes=minute))
        shifts = [{"shiftId": "early", "state": "PLANNED", "span": {"begin": at(0), "end": at(30)}},
                  {"shiftId": "late", "state": "PLANNED", "span": {"begin": at(30), "end": at(60)}}]
        driver = Driver(town, "token", {"tourId": "t", "vehicleId": "v", "shifts": shifts}, set())
        town.now -= datetime.timedelta(seconds=17)  # the steps of the clock do not hit the full minute by themselves
        while not driver.finished():
            driver.step(town.now)
            town.now = min([town.now + datetime.timedelta(seconds=30)] + [driver.due] * (driver.due > town.now))
        self.assertEqual(driver.failures, [])
        return town.served

    def test_the_first_rider_of_the_next_shift_boards_when_it_begins(self):
        served = self.drive([10, 30])
        self.assertEqual(served["ride-30"], NOON + datetime.timedelta(minutes=30))

    def test_everybody_boards_as_planned(self):
        for seed in range(50):
            minutes = sorted(random.Random(seed).sample(range(60), 8) + [30])
            for ride, boarded in self.drive(minutes).items():
                self.assertEqual(boarded, NOON + datetime.timedelta(minutes=int(ride.split("-")[1])), (seed, ride))


if __name__ == "__main__":
    unittest.main()
