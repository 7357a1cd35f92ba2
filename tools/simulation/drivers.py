"""Drives every tour along its manifest and reports as a driver's app does.

Drivers keep to the plan to the second. For a rider who does not come they wait until the manifest says that the no-show may be reported
(noShowFrom), and drive on: so nobody behind is late by it. `waits` holds how long they waited, in seconds from the arrival or the beginning of the
promised window."""
import datetime

from .api import Problem
from .clock import parse, rfc3339

LOOK_AGAIN = datetime.timedelta(seconds=30)  # bookings change the manifest meanwhile


class Driver:
    """One tour of the day. Steps of one driver never overlap."""

    def __init__(self, api, token, tour, no_shows):
        self.api, self.token, self.tour_id = api, token, tour["tourId"]
        self.no_shows, self.waits = no_shows, []
        self.vehicle_id = tour["vehicleId"]
        self.shifts = {shift["shiftId"]: shift for shift in tour["shifts"]}
        self.running = None
        self.stopped = False  # the bus has broken down
        self.failures, self.cash_sheets, self.halts = [], [], []
        self.due = None  # when there is something to do next, as far as is known

    def finished(self):
        return self.stopped or all(shift["state"] == "ENDED" for shift in self.shifts.values())

    def step(self, now):
        """Everything that is due by `now`, in the manifest's order. Sets `due`."""
        self.due = now + LOOK_AGAIN
        if self.stopped:
            return
        try:
            # Who hands the bus over at half past one has the next shift's first rider at half past one.
            while self._in_shift(now):
                for _ in range(40):
                    if not self._next_visit(now):
                        break
                if not self._end_shift(now):
                    break
        except Problem as problem:
            self.failures.append(f"{rfc3339(now)} {self.tour_id}: {problem}")

    def _in_shift(self, now):
        """Begins the shift that is due, if none is running; true when one is."""
        for shift_id, shift in self.shifts.items():
            if self.running or shift["state"] != "PLANNED" or now >= parse(shift["span"]["end"]):
                continue
            if not self._not_before(now, parse(shift["span"]["begin"])):
                self.api.post("StartShift", self.token, f"/tours/{self.tour_id}/shifts/{shift_id}:start")
                shift["state"], self.running = "RUNNING", shift_id
        return self.running is not None

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
            try:
                self.api.post("ReportArrival", self.token, f"/tours/{self.tour_id}:arrive", {"kind": visit["kind"], "rideId": visit["rideId"]})
            except Problem as problem:
                if problem.reason != "RIDE_NOT_ON_TOUR":
                    raise
                return True  # a better plan came between the look and the report: the manifest says where to go now
            self.api.post("ReportPosition", self.token, f"/tours/{self.tour_id}:position", {"location": visit["place"]["location"]})
            self.halts.append(visit["place"]["location"])
            return True
        if visit["kind"] == "DROPOFF":
            self.api.post("ReportAlighting", self.token, f"{ride}:alight")
            return True
        return self._board(now, manifest, visit, ride)

    def _board(self, now, manifest, visit, ride):
        facts = next(one for one in manifest["rides"] if one["rideId"] == visit["rideId"])
        if visit["rideId"] in self.no_shows:
            if self._not_before(now, parse(visit["noShowFrom"])):
                return False
            self.api.post("ReportNoShow", self.token, f"{ride}:no-show")
            self.waits.append((now - max(parse(visit["arrivedAt"]), parse(facts["promise"]["pickup"]["begin"]))).total_seconds())
            return True
        if self._not_before(now, parse(visit["begin"])):  # boarding earlier would make the ride longer than planned
            return False
        self.api.post("ReportBoarding", self.token, f"{ride}:board")
        price = facts.get("fareCents", 0)
        self.api.post("TakeFare", self.token, f"{ride}:take-fare",
                      {"payment": "CASH", "amountCents": price} if price else {"payment": "FREE"})
        return True

    def _rides_left(self):
        return any(not visit.get("done") and visit["kind"] != "BREAK" and visit.get("shiftId", self.running) == self.running
                   for visit in self._manifest().get("visits", []))

    def _end_shift(self, now):
        """True when the shift is over. Who is late drives to the last stop first."""
        shift = self.shifts[self.running]
        if self._not_before(now, parse(shift["span"]["end"])) or self._rides_left():
            return False
        path = f"/tours/{self.tour_id}/shifts/{self.running}"
        sheet = self.api.get("GetCashSheet", self.token, f"{path}/cash-sheet")
        closed = self.api.post("EndShift", self.token, f"{path}:end", {"countedCents": sheet.get("cashCents", 0)})
        self.cash_sheets.append(closed)
        shift["state"], self.running = "ENDED", None
        return True
