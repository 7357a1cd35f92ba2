"""Drives every tour along its manifest and reports as a driver's app does.

Drivers keep to the plan to the second. Only one thing makes them late: a rider who does not come. The rule is the town's (rules.noShowWait): the
driver waits so long from the arrival, or from the beginning of the promised window if that is later, then reports the no-show and drives on. Where
the plan has less slack than that, riders behind it are late by driving, not by planning; `late` names them, as the manifest expects it right then."""
import datetime

from .api import Problem
from .clock import parse, rfc3339

LOOK_AGAIN = datetime.timedelta(seconds=30)  # bookings change the manifest meanwhile


class Driver:
    """One tour of the day. Steps of one driver never overlap."""

    def __init__(self, api, token, tour, no_shows, no_show_wait):
        self.api, self.token, self.tour_id = api, token, tour["tourId"]
        self.no_shows, self.no_show_wait, self.late = no_shows, no_show_wait, set()
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
            self.api.post("ReportArrival", self.token, f"/tours/{self.tour_id}:arrive", {"kind": visit["kind"], "rideId": visit["rideId"]})
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
            if self._not_before(now, max(parse(visit["arrivedAt"]), parse(facts["promise"]["pickup"]["begin"])) + self.no_show_wait):
                return False
            self.api.post("ReportNoShow", self.token, f"{ride}:no-show")
            self._note_late()
            return True
        if self._not_before(now, parse(facts["promise"]["pickup"]["begin"])):
            return False
        self.api.post("ReportBoarding", self.token, f"{ride}:board")
        price = facts.get("fareCents", 0)
        self.api.post("TakeFare", self.token, f"{ride}:take-fare",
                      {"payment": "CASH", "amountCents": price} if price else {"payment": "FREE"})
        return True

    def _note_late(self):
        manifest = self._manifest()
        promises = {ride["rideId"]: ride["promise"] for ride in manifest["rides"]}
        for visit in manifest.get("visits", []):
            if visit.get("done") or visit["kind"] == "BREAK":
                continue
            promise = promises[visit["rideId"]]
            limit = promise["pickup"]["end"] if visit["kind"] == "PICKUP" else promise["latestArrival"]
            if parse(visit["expected"]) > parse(limit):
                self.late.add(visit["rideId"])

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
