"""Drives every tour along its manifest and reports as a driver's app does."""
import datetime

from .api import Problem
from .clock import parse, rfc3339

NO_SHOW_WAIT = datetime.timedelta(minutes=6)
LOOK_AGAIN = datetime.timedelta(seconds=30)  # bookings change the manifest meanwhile


class Driver:
    """One tour of the day. Steps of one driver never overlap."""

    def __init__(self, api, token, tour, no_shows):
        self.api, self.token, self.tour_id, self.no_shows = api, token, tour["tourId"], no_shows
        self.vehicle_id = tour["vehicleId"]
        self.shifts = {shift["shiftId"]: shift for shift in tour["shifts"]}
        self.running = None
        self.stopped = False  # the bus has broken down
        self.failures, self.cash_sheets = [], []
        self.due = None  # when there is something to do next, as far as is known

    def finished(self):
        return self.stopped or all(shift["state"] == "ENDED" for shift in self.shifts.values())

    def step(self, now):
        """Everything that is due by `now`, in the manifest's order. Sets `due`."""
        self.due = now + LOOK_AGAIN
        if self.stopped:
            return
        try:
            self._begin_shifts(now)
            if self.running:
                for _ in range(40):
                    if not self._next_visit(now):
                        break
                self._end_shift(now)
        except Problem as problem:
            self.failures.append(f"{rfc3339(now)} {self.tour_id}: {problem}")

    def _begin_shifts(self, now):
        for shift_id, shift in self.shifts.items():
            if self.running is None and shift["state"] == "PLANNED" and parse(shift["span"]["begin"]) <= now < parse(shift["span"]["end"]):
                self.api.post("StartShift", self.token, f"/tours/{self.tour_id}/shifts/{shift_id}:start")
                shift["state"], self.running = "RUNNING", shift_id

    def _manifest(self):
        return self.api.get("GetManifest", self.token, f"/tours/{self.tour_id}/manifest")

    def _not_before(self, now, moment):
        """True, and noted, when `moment` lies ahead."""
        if moment > now:
            self.due = min(self.due, moment)
        return moment > now

    def _next_visit(self, now):
        """Does one thing; false when nothing is due."""
        manifest = self._manifest()
        visit = next((visit for visit in manifest.get("visits", []) if not visit.get("done")), None)
        if visit is None or (visit.get("shiftId") or self.running) != self.running:
            return False
        if visit["kind"] == "BREAK":
            if self._not_before(now, parse(visit["begin"])):
                return False
            self.api.post("TakeBreak", self.token, f"/tours/{self.tour_id}:take-break")
            return True
        ride = f"/rides/{visit['rideId']}"
        if not visit.get("arrivedAt"):
            if self._not_before(now, parse(visit["arrival"])):
                return False
            self.api.post("ReportArrival", self.token, f"/tours/{self.tour_id}:arrive", {"kind": visit["kind"], "rideId": visit["rideId"]})
            self.api.post("ReportPosition", self.token, f"/tours/{self.tour_id}:position", {"location": visit["place"]["location"]})
            return True
        if visit["kind"] == "DROPOFF":
            self.api.post("ReportAlighting", self.token, f"{ride}:alight")
            return True
        return self._board(now, manifest, visit, ride)

    def _board(self, now, manifest, visit, ride):
        facts = next(one for one in manifest["rides"] if one["rideId"] == visit["rideId"])
        if visit["rideId"] in self.no_shows:
            if self._not_before(now, max(parse(visit["arrivedAt"]), parse(facts["promise"]["pickup"]["begin"])) + NO_SHOW_WAIT):
                return False
            self.api.post("ReportNoShow", self.token, f"{ride}:no-show")
            return True
        if self._not_before(now, parse(facts["promise"]["pickup"]["begin"])):
            return False
        self.api.post("ReportBoarding", self.token, f"{ride}:board")
        price = facts.get("fareCents", 0)
        self.api.post("TakeFare", self.token, f"{ride}:take-fare",
                      {"payment": "CASH", "amountCents": price} if price else {"payment": "FREE"})
        return True

    def _end_shift(self, now):
        shift = self.shifts[self.running]
        if now < parse(shift["span"]["end"]):
            return
        path = f"/tours/{self.tour_id}/shifts/{self.running}"
        sheet = self.api.get("GetCashSheet", self.token, f"{path}/cash-sheet")
        closed = self.api.post("EndShift", self.token, f"{path}:end", {"countedCents": sheet.get("cashCents", 0)})
        self.cash_sheets.append(closed)
        shift["state"], self.running = "ENDED", None
