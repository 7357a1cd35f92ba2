"""What riders and the dispatcher on the phone do, through the gateway."""
import dataclasses
import datetime

from .api import Problem
from .clock import parse, rfc3339, seconds


@dataclasses.dataclass
class Booking:
    wish: object
    ride_ids: list
    token: str
    promises: dict = dataclasses.field(default_factory=dict)  # ride id -> as promised at booking
    cancelled: set = dataclasses.field(default_factory=set)   # ride ids: of two ways, the first may be over already


class Riders:
    """Thread-safe as far as each wish belongs to one thread at a time."""

    def __init__(self, api, tokens, dispatcher):
        self.api, self.tokens, self.dispatcher = api, tokens, dispatcher
        self.bookings, self.refused, self.expired, self.failures = [], [], 0, []

    def ask(self, wish):
        try:
            self._ask(wish)
        except Problem as problem:
            if problem.status >= 500:
                self.failures.append((wish.number, str(problem)))
            else:
                self.refused.append((wish, problem.reason))

    def _ask(self, wish):
        token = self.dispatcher if wish.phone else self.tokens[wish.number % len(self.tokens)]
        request = {"origin": wish.origin, "destination": wish.destination, "party": wish.party,
                   "when": {key: rfc3339(value) for key, value in wish.when.items()}}
        if wish.back:
            request["back"] = {"departAt": rfc3339(wish.back)}
        found = self.api.post("FindOffers", token, "/offers:find", request)
        offers = found.get("offers") or found.get("alternatives") or []
        if not offers:
            self.refused.append((wish, (found.get("refusal") or {}).get("reason")))
            return
        chosen = {"offerId": offers[0]["offerId"]}
        back = found.get("backOffers") or found.get("backAlternatives") or []
        if wish.back and back:
            chosen["backOfferId"] = back[0]["offerId"]
        if wish.phone:
            answer = self.api.post("BookByPhone", token, "/rides:book-by-phone",
                                   chosen | {"contact": {"name": f"Anruferin {wish.number}", "phone": f"+4925{wish.number:06d}"}})
        else:
            answer = self.api.post("HoldRide", token, "/rides:hold", chosen)
            if answer.get("rides") and wish.lets_expire:
                self.expired += 1
                return
            if answer.get("rides"):
                answer = self.api.post("BookRide", token, f"/bookings/{answer['rides'][0]['bookingId']}:book")
        rides = answer.get("rides") or []
        if not rides:
            self.refused.append((wish, (answer.get("refusal") or {}).get("reason")))
            return
        self.bookings.append(Booking(wish, [ride["rideId"] for ride in rides], token,
                                     {ride["rideId"]: ride["promise"] for ride in rides}))

    def cancel(self, booking):
        for ride_id in booking.ride_ids:
            try:
                self.api.post("CancelRide", booking.token, f"/rides/{ride_id}:cancel")
                booking.cancelled.add(ride_id)
            except Problem as problem:
                if problem.status >= 500:
                    self.failures.append((booking.wish.number, str(problem)))

    @staticmethod
    def cancel_time(booking):
        hours = booking.wish.cancels
        return None if hours is None else booking.wish.target - datetime.timedelta(hours=hours)

    @staticmethod
    def kept(promise, ride, boarding):
        """Against what was promised at booking: the pick-up, the arrival, and the time on board after `boarding` seconds."""
        boarded, alighted = parse(ride.get("boardedAt")), parse(ride.get("alightedAt"))
        if boarded is None or alighted is None:
            return False
        return (boarded <= parse(promise["pickup"]["end"]) and alighted <= parse(promise["latestArrival"])
                and (alighted - boarded).total_seconds() - boarding <= seconds(promise["longestRide"]))
